"""Links as JSON: how they stand, pause and resume, open an epoch."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path

from services.exchange import actions
from services.exchange.actions.admitting import granted
from services.exchange.api.views import EpochView, LaneView, LinkView
from services.exchange.model.inputs import NewEpoch
from services.exchange.policy.permissions import Act, require
from services.exchange.store.overview import find_standing, link_standings
from services.kernel.language.refusal import NotFound
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import (
    Context,
    LiveMe,
    Me,
    Now,
    Reading,
    Tx,
    asked_first,
    edge_router,
)
from services.kernel.runtime.web.views import Page

router = edge_router(prefix="/api/v1")

Peer = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


@router.get("/links")
async def list_links(me: Me, reading: Reading, context: Context, now: Now) -> Page[LaneView]:
    require(me.roles, Act.READ_LINKS)
    found = await link_standings(
        reading, own=context.node.node_id, now=now, idle_head_s=context.settings.link_heartbeat_s
    )
    return Page[LaneView](items=[LaneView.of(link, lane) for link in found for lane in link.lanes])


@router.get("/links/{peer}")
async def read_link(peer: Peer, me: Me, reading: Reading, context: Context, now: Now) -> LinkView:
    require(me.roles, Act.READ_LINKS)
    return await _link(reading, context, peer, now)


@router.post("/links/{peer}/pause")
async def pause_link(peer: Peer, me: LiveMe, tx: Tx, context: Context) -> LinkView:
    await actions.pause_link(tx, peer, by=me)
    return await _link(tx.session, context, peer, tx.now)


@router.post("/links/{peer}/resume")
async def resume_link(peer: Peer, me: LiveMe, tx: Tx, context: Context) -> LinkView:
    await actions.resume_link(tx, peer, by=me)
    return await _link(tx.session, context, peer, tx.now)


@router.post("/links/{peer}/epochs", status_code=201)
@asked_first(granted(Act.OPERATE_LINKS))
async def open_epoch(peer: Peer, new: NewEpoch, *, me: LiveMe, tx: Tx, context: Context) -> EpochView:
    await _link(tx.session, context, peer, tx.now)
    chain = new.chain(context.node.node_id, peer)
    epoch = await actions.open_epoch(tx, chain, agreed_n=new.agreed_seq, by=me, reason=new.reason)
    return EpochView(peer=peer, lane=new.lane, direction=new.direction, epoch=epoch, agreed_seq=new.agreed_seq)


async def _link(session: AsyncSession, context: ServiceContext, peer: str, now: datetime) -> LinkView:
    found = await find_standing(
        session, peer, own=context.node.node_id, now=now, idle_head_s=context.settings.link_heartbeat_s
    )
    if found is None:
        raise NotFound
    return LinkView.of(found)
