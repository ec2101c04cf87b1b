"""What callers are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from services.exchange.model.inputs import Direction
from services.exchange.store.overview import LaneStanding, LinkStanding
from services.kernel.language.vocabulary import Lane, LinkState, System
from services.kernel.runtime.web.views import View


class LaneView(View):
    """One lane of the link to a peer: `sent_seq` is written here, `receipted_seq` is held there.

    The last `waiting` of what is written have no number yet: they get it when they are carried. Ages are in seconds, 0 when everything is receipted. `received_seq` is held here of what the
    peer says it has sent (`claimed_seq`).
    """

    peer: str
    peer_name: str
    direction: str
    lane: Lane
    epoch: int
    sent_seq: int
    waiting: int
    receipted_seq: int
    unreceipted: int
    oldest_unreceipted_age_s: float
    received_epoch: int
    received_seq: int
    claimed_seq: int
    gap: int
    fork: bool
    state: LinkState
    heard_at: datetime | None

    @classmethod
    def of(cls, link: LinkStanding, lane: LaneStanding) -> Self:
        """The view of one lane."""
        out, inward = lane.out, lane.inward
        return cls(
            peer=link.peer.peer,
            peer_name=link.peer.name,
            direction=link.peer.direction,
            lane=lane.lane,
            epoch=out.epoch if out else 1,
            sent_seq=lane.written_n,
            waiting=lane.waiting,
            receipted_seq=out.receipted_n if out else 0,
            unreceipted=lane.unreceipted,
            oldest_unreceipted_age_s=round(lane.oldest_age_s, 3),
            received_epoch=inward.epoch if inward else 1,
            received_seq=inward.n if inward else 0,
            claimed_seq=max(inward.claimed_n, inward.n) if inward else 0,
            gap=lane.missing,
            fork=lane.is_forked,
            state=lane.state,
            heard_at=lane.heard_at,
        )


class ConflictView(View):
    """Something that came and cannot be right."""

    link: str
    lane: str
    kind: str
    epoch: int
    seq: int
    times: int
    at: datetime


class MissingFileView(View):
    """An attachment that did not come after several tries; `is_wanted` when the peer shall bring it."""

    sha256: str
    size: int
    since: datetime
    tries: int
    is_wanted: bool


class LinkView(View):
    """The link to one peer."""

    peer: str
    name: str
    direction: str
    system: System
    state: LinkState
    is_paused: bool
    paused_by: str
    connected_at: datetime | None
    key_id: str
    lanes: list[LaneView]
    conflicts: list[ConflictView]
    missing_files: list[MissingFileView]

    @classmethod
    def of(cls, link: LinkStanding) -> Self:
        """The view of one link."""
        return cls(
            peer=link.peer.peer,
            name=link.peer.name,
            direction=link.peer.direction,
            system=link.peer.system,
            state=link.state,
            is_paused=link.is_paused,
            paused_by=link.link.paused_by if link.link and link.is_paused else "",
            connected_at=link.connected_at,
            key_id=link.peer.key_id,
            lanes=[LaneView.of(link, lane) for lane in link.lanes],
            conflicts=[ConflictView.read(one, seq=one.n) for one in link.conflicts],
            missing_files=[MissingFileView.read(one) for one in link.missing_files],
        )


class EpochView(View):
    """The epoch that was opened."""

    peer: str
    lane: Lane
    direction: Direction
    epoch: int
    agreed_seq: int
