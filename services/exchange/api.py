"""Links as JSON: how they stand, pause and resume, open an epoch."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from fastapi import Path
from pydantic import BaseModel, Field

from services.exchange import actions
from services.exchange.policy.chain import Chain, link_name
from services.exchange.policy.permissions import Act, require
from services.exchange.store.overview import LaneStanding, LinkStanding, find_standing, link_standings
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import Lane, LinkState, System
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.web import Context, LiveMe, Me, Now, Reading, Tx, edge_router

router = edge_router(prefix="/api/v1")

Peer = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


class LaneView(BaseModel):
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


class ConflictView(BaseModel):
    """Something that came and cannot be right."""

    link: str
    lane: str
    kind: str
    epoch: int
    seq: int
    times: int
    at: datetime


class MissingFileView(BaseModel):
    """An attachment that did not come after several tries; `is_wanted` when the peer shall bring it."""

    sha256: str
    size: int
    since: datetime
    tries: int
    is_wanted: bool


class LinkView(BaseModel):
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
            conflicts=[
                ConflictView(
                    link=one.link, lane=one.lane, kind=one.kind, epoch=one.epoch, seq=one.n, times=one.times, at=one.at
                )
                for one in link.conflicts
            ],
            missing_files=[MissingFileView.model_validate(one, from_attributes=True) for one in link.missing_files],
        )


class LanesPage(BaseModel):
    """Every lane of every link."""

    items: list[LaneView]
    next: str | None = None


class Direction(StrEnum):
    """Which of a lane's two chains."""

    SENT = "sent"
    RECEIVED = "received"


class NewEpoch(BaseModel):
    """The row up to which both sides agree, and why a new epoch is needed."""

    lane: Lane
    direction: Direction
    agreed_seq: Annotated[int, Field(ge=0, lt=2**63)]
    reason: Annotated[str, Field(min_length=1, max_length=400)]

    def chain(self, own: str, peer: str) -> Chain:
        """The chain that is meant."""
        ends = (own, peer) if self.direction is Direction.SENT else (peer, own)
        return Chain(link_name(*ends), self.lane.value)


class EpochView(BaseModel):
    """The epoch that was opened."""

    peer: str
    lane: Lane
    direction: Direction
    epoch: int
    agreed_seq: int


@router.get("/links")
async def list_links(me: Me, reading: Reading, context: Context, now: Now) -> LanesPage:
    require(me.roles, Act.READ_LINKS)
    found = await link_standings(
        reading, own=context.node.node_id, now=now, idle_head_s=context.settings.link_heartbeat_s
    )
    return LanesPage(items=[LaneView.of(link, lane) for link in found for lane in link.lanes])


@router.get("/links/{peer}")
async def read_link(peer: Peer, me: Me, reading: Reading, context: Context, now: Now) -> LinkView:
    require(me.roles, Act.READ_LINKS)
    return await _link(reading, context, peer, now)


@router.post("/links/{peer}/pause")
async def pause_link(peer: Peer, me: LiveMe, tx: Tx, context: Context) -> LinkView:
    require(me.roles, Act.OPERATE_LINKS)
    await _link(tx.session, context, peer, tx.now)
    await actions.pause_link(tx, peer, by=me.ref)
    return await _link(tx.session, context, peer, tx.now)


@router.post("/links/{peer}/resume")
async def resume_link(peer: Peer, me: LiveMe, tx: Tx, context: Context) -> LinkView:
    require(me.roles, Act.OPERATE_LINKS)
    await _link(tx.session, context, peer, tx.now)
    await actions.resume_link(tx, peer, by=me.ref)
    return await _link(tx.session, context, peer, tx.now)


@router.post("/links/{peer}/epochs", status_code=201)
async def open_epoch(peer: Peer, new: NewEpoch, *, me: LiveMe, tx: Tx, context: Context) -> EpochView:
    require(me.roles, Act.OPERATE_LINKS)
    await _link(tx.session, context, peer, tx.now)
    chain = new.chain(context.node.node_id, peer)
    epoch = await actions.open_epoch(tx, chain, agreed_n=new.agreed_seq, by=me.ref, reason=new.reason)
    return EpochView(peer=peer, lane=new.lane, direction=new.direction, epoch=epoch, agreed_seq=new.agreed_seq)


async def _link(session: AsyncSession, context: ServiceContext, peer: str, now: datetime) -> LinkView:
    found = await find_standing(
        session, peer, own=context.node.node_id, now=now, idle_head_s=context.settings.link_heartbeat_s
    )
    if found is None:
        raise NotFound
    return LinkView.of(found)
