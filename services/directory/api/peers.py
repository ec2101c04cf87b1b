"""Neighbouring nodes: this node's card, list, register by card, change."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, Field

from services.directory import store
from services.directory.actions import neighbours as actions
from services.directory.actions.admitting import allowed
from services.directory.api.asked import Limit, NodeIdInPath
from services.directory.api.views import CardView, PeerView
from services.directory.model import PeerCard, PeerChange
from services.directory.policy.administration import Administration, require
from services.directory.policy.neighbours import Direction
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import System
from services.kernel.runtime.pages.listing import Cursor
from services.kernel.runtime.web.dependencies import (
    Context,
    IfMatch,
    LiveMe,
    Me,
    Reading,
    Tx,
    asked_first,
    edge_router,
    etag,
)
from services.kernel.runtime.web.views import Page

router = edge_router()


class NewPeer(BaseModel):
    """A neighbour's card with the fingerprint that was confirmed by voice."""

    card: PeerCard
    fingerprint: Annotated[str, Field(max_length=100)]
    system: System | None = None


@router.get("/card")
async def read_card(context: Context, me: Me, reading: Reading) -> CardView:
    require(me.roles, Administration.READ_PEERS)
    card = await actions.node_card(
        reading, node=context.node, keys=context.node_keys, bootstrap_servers=context.settings.kafka
    )
    return CardView.of(card)


@router.get("/peers")
async def list_peers(
    me: Me, reading: Reading, direction: Direction | None = None, limit: Limit = 50, cursor: Cursor = ""
) -> Page[PeerView]:
    require(me.roles, Administration.READ_PEERS)
    found = await store.list_peers(reading, direction=direction, cursor=cursor, limit=limit)
    return Page[PeerView](items=[PeerView.of(peer) for peer in found.rows], next=found.next)


@router.get("/peers/{node_id}")
async def read_peer(node_id: NodeIdInPath, me: Me, reading: Reading, response: Response) -> PeerView:
    require(me.roles, Administration.READ_PEERS)
    peer = await store.find_peer(reading, node_id)
    if peer is None:
        raise NotFound
    etag(response, peer.version)
    return PeerView.of(peer)


@router.post("/peers", status_code=201)
@asked_first(allowed(Administration.CHANGE_PEERS))
async def register_peer(new: NewPeer, me: LiveMe, tx: Tx, response: Response) -> PeerView:
    peer = await actions.register_peer(tx, new.card, confirmed_fingerprint=new.fingerprint, system=new.system, by=me)
    etag(response, peer.version)
    return PeerView.of(peer)


@router.patch("/peers/{node_id}")
@asked_first(allowed(Administration.CHANGE_PEERS))
async def change_peer(
    node_id: NodeIdInPath, change: PeerChange, *, me: LiveMe, version: IfMatch, tx: Tx, response: Response
) -> PeerView:
    peer = await actions.change_peer(tx, node_id, change, version=version, by=me)
    etag(response, peer.version)
    return PeerView.of(peer)
