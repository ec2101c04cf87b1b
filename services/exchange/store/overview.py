"""How every link stands: peers, lanes and ages put together for pages, API, metrics and alarms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from services.exchange.model import Conflict, FileDue, FileWanted, Lane, Link
from services.exchange.policy.chain import Chain, link_name
from services.exchange.policy.timing import LaneSigns, lane_state, severity, worst
from services.exchange.store.files import missing_files
from services.exchange.store.lanes import list_lanes, list_links, oldest_unreceipted, open_conflicts
from services.exchange.store.queue import Waiting, waiting_by_chain
from services.kernel.language.events.directory import PeerRegistered
from services.kernel.language.moments import age_s
from services.kernel.language.vocabulary import Lane as LaneWord
from services.kernel.language.vocabulary import LinkState
from services.kernel.runtime.heard.organisation import list_peers
from services.kernel.runtime.storing.session import AsyncSession


@dataclass(frozen=True, slots=True)
class LaneStanding:
    """One lane of a link, both directions."""

    lane: LaneWord
    state: LinkState
    sending_state: LinkState
    out: Lane | None
    inward: Lane | None
    oldest_unreceipted_at: datetime | None
    unreceipted: int
    oldest_age_s: float
    waiting: int = 0

    @property
    def written_n(self) -> int:
        """How many facts were written for the peer, numbered or not."""
        return (self.out.n if self.out else 0) + self.waiting

    @property
    def missing(self) -> int:
        """Rows that the peer says it has sent and that are not held here."""
        return max(self.inward.claimed_n - self.inward.n, 0) if self.inward else 0

    @property
    def is_forked(self) -> bool:
        """Whether either direction was stopped by a fork."""
        return any(chain is not None and chain.forked_at is not None for chain in (self.out, self.inward))

    @property
    def heard_at(self) -> datetime | None:
        """When the peer last said anything on this lane."""
        return max(
            (chain.heard_at for chain in (self.out, self.inward) if chain is not None and chain.heard_at), default=None
        )


@dataclass(frozen=True, slots=True)
class MissingFile:
    """An attachment that did not come after several tries; `is_wanted` when the peer shall bring it."""

    sha256: str
    size: int
    since: datetime
    tries: int
    is_wanted: bool

    @classmethod
    def of(cls, row: FileDue | FileWanted) -> Self:
        """The view of one that is due or wanted."""
        since = row.since if isinstance(row, FileWanted) else row.due_at
        return cls(row.sha256, row.size, since, row.tries, isinstance(row, FileWanted))


@dataclass(frozen=True, slots=True)
class LinkStanding:
    """One link: the peer, its lanes, what is wrong."""

    peer: PeerRegistered
    link: Link | None
    lanes: tuple[LaneStanding, ...]
    conflicts: tuple[Conflict, ...]
    missing_files: tuple[MissingFile, ...] = ()

    @property
    def state(self) -> LinkState:
        """The state of the worst lane."""
        return worst([lane.state for lane in self.lanes])

    @property
    def is_paused(self) -> bool:
        """Whether an operator has taken the link down."""
        return bool(self.link and self.link.is_paused)

    @property
    def oldest_age_s(self) -> float:
        """Age of the oldest fact without a receipt, all lanes together; 0 when there is none."""
        return max((lane.oldest_age_s for lane in self.lanes), default=0.0)

    @property
    def unreceipted(self) -> int:
        """Facts without a receipt, all lanes together."""
        return sum(lane.unreceipted for lane in self.lanes)

    @property
    def connected_at(self) -> datetime | None:
        """Since when every lane has a road; None while one has not."""
        since = [lane.out.connected_at if lane.out else None for lane in self.lanes]
        return max((at for at in since if at), default=None) if all(since) else None


async def link_standings(session: AsyncSession, *, own: str, now: datetime, idle_head_s: float) -> list[LinkStanding]:
    """How each registered peer's link stands, superiors first, then those that need somebody most."""
    peers, links = await list_peers(session), await list_links(session)
    unsent = _Unsent(await oldest_unreceipted(session), await waiting_by_chain(session))
    lanes = {Chain(lane.link, lane.lane): lane for lane in await list_lanes(session)}
    conflicts: dict[str, list[Conflict]] = defaultdict(list)
    for conflict in await open_conflicts(session):
        conflicts[_other_end(conflict.link, own)].append(conflict)
    missing: dict[str, list[MissingFile]] = defaultdict(list)
    for file in await missing_files(session):
        missing[file.peer].append(MissingFile.of(file))
    clock = _Clock(now, idle_head_s)
    found = [
        LinkStanding(
            peer,
            links.get(peer.peer),
            tuple(_lane(own, peer, LaneWord(lane), links.get(peer.peer), lanes, unsent, clock) for lane in peer.lanes),
            tuple(conflicts[peer.peer]),
            tuple(missing[peer.peer]),
        )
        for peer in peers
    ]
    return sorted(found, key=lambda link: (link.peer.direction != "superior", severity(link.state), link.peer.peer))


async def find_standing(
    session: AsyncSession, peer: str, *, own: str, now: datetime, idle_head_s: float
) -> LinkStanding | None:
    """How the link to one peer stands; None when there is no such peer."""
    found = await link_standings(session, own=own, now=now, idle_head_s=idle_head_s)
    return next((link for link in found if link.peer.peer == peer), None)


@dataclass(frozen=True, slots=True)
class _Clock:
    now: datetime
    idle_head_s: float


@dataclass(frozen=True, slots=True)
class _Unsent:
    """Per outgoing chain, the oldest row without a receipt, and what has no number yet."""

    oldest: dict[Chain, datetime]
    waiting: dict[Chain, Waiting]


def _lane(  # noqa: PLR0917 - the one place where all of it comes together
    own: str,
    peer: PeerRegistered,
    lane: LaneWord,
    link: Link | None,
    lanes: dict[Chain, Lane],
    unsent: _Unsent,
    clock: _Clock,
) -> LaneStanding:
    out_chain = Chain(link_name(own, peer.peer), lane.value)
    out = lanes.get(out_chain)
    inward = lanes.get(Chain(link_name(peer.peer, own), lane.value))
    waiting = unsent.waiting.get(out_chain)
    oldest_at = unsent.oldest.get(out_chain, waiting.since if waiting else None)
    unreceipted = (out.n - out.receipted_n if out else 0) + (waiting.count if waiting else 0)
    oldest_age_s = age_s(clock.now, oldest_at)
    heard = [chain.heard_at for chain in (out, inward) if chain is not None and chain.heard_at]
    signs = LaneSigns(
        is_paused=bool(link and link.is_paused),
        is_forked=any(chain.forked_at for chain in (out, inward) if chain),
        has_gap=bool(inward and inward.gap_since),
        is_connected=bool(out and out.connected_at),
        heard_at=max(heard, default=None),
        unreceipted=unreceipted,
        oldest_age_s=oldest_age_s,
    )
    state = lane_state(signs, now=clock.now, idle_head_s=clock.idle_head_s)
    alone = replace(signs, is_forked=bool(out and out.forked_at), has_gap=False)
    sending_state = lane_state(alone, now=clock.now, idle_head_s=clock.idle_head_s)
    numberless = waiting.count if waiting else 0
    return LaneStanding(lane, state, sending_state, out, inward, oldest_at, unreceipted, oldest_age_s, numberless)


def _other_end(link: str, own: str) -> str:
    ends: Sequence[str] = link.split(">")
    return ends[1] if ends[0] == own else ends[0]
