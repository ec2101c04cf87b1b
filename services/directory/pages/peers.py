"""Neighbouring nodes: show our card, paste theirs, confirm the fingerprint, change, end."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import Path, Request, Response
from pydantic import BaseModel, Field

from services.directory import store
from services.directory.actions import neighbours as actions
from services.directory.actions.admitting import allowed
from services.directory.model import Peer, PeerCard, PeerChange, names
from services.directory.policy.administration import Administration, require
from services.directory.policy.neighbours import direction_of, lanes_of, require_other_node
from services.kernel.language.refusal import InvalidInput, NotFound, Refusal
from services.kernel.language.vocabulary import Lane, System
from services.kernel.runtime.pages.listing import Cursor, Place
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import (
    Context,
    IfMatch,
    LiveMe,
    Me,
    Reading,
    Tx,
    asked_first,
    edge_router,
)
from services.kernel.runtime.web.forms import Typed, comes_back, meant, read_form

router = edge_router()

_LIST = "/directory/peers"
NodeIdInPath = Annotated[str, Path(pattern=names.NODE_ID.pattern + "$", max_length=32)]


class CardForm(BaseModel):
    """The pasted card, and the fingerprint once it was read over the phone."""

    card: Annotated[str, Field(max_length=8000, title="名片")] = ""
    fingerprint: Annotated[str, Field(max_length=100, title="指纹")] = ""
    system: Annotated[System, Field(title="系统")] = System.GOVERNMENT


@router.get("/peers")
async def show_peers(request: Request, context: Context, me: Me, reading: Reading, cursor: Cursor = "") -> Response:
    require(me.roles, Administration.READ_PEERS)
    return await _list_page(request, context, reading, Typed(), cursor)


async def _list_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    return await _list_page(request, request.app.state.context, session, typed)


async def _register_again(request: Request, session: AsyncSession, typed: Typed, refusal: Refusal) -> Response:
    """The second step with what was typed there; back to the first where the card itself is wrong."""
    try:
        card = _card(typed.get("card"))
    except InvalidInput:
        return await _list_again(request, session, typed, refusal)
    return _confirm_page(request, request.app.state.context, card, typed)


async def _peer_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    return _peer_page(request, await _peer(session, named_in(request, "node_id", str)), typed)


@router.post("/peers/card")
@comes_back(_list_again)
@asked_first(allowed(Administration.CHANGE_PEERS))
async def read_card(request: Request, context: Context, me: LiveMe) -> Response:
    """Second step: what the card says, and where to type the fingerprint."""
    require(me.roles, Administration.CHANGE_PEERS)
    form = await read_form(request, CardForm)
    card = _card(form.card)
    require_other_node(context.node.node_id, card.node_id)
    return _confirm_page(request, context, card, Typed({"card": form.card}))


@router.post("/peers")
@comes_back(_register_again)
@asked_first(allowed(Administration.CHANGE_PEERS))
async def register_peer(request: Request, me: LiveMe, tx: Tx) -> Response:
    form = await read_form(request, CardForm)
    peer = await actions.register_peer(
        tx, _card(form.card), confirmed_fingerprint=form.fingerprint, system=form.system, by=me
    )
    return back_to(_LIST, f"已登记“{peer.name}”，链路会自动建立。")


@router.get("/peers/{node_id}")
async def show_peer(node_id: NodeIdInPath, request: Request, me: Me, reading: Reading) -> Response:
    require(me.roles, Administration.READ_PEERS)
    peer = await _peer(reading, node_id)
    return _peer_page(request, peer, Typed(fields=peer.model_dump()))


@router.post("/peers/{node_id}")
@comes_back(_peer_again)
@asked_first(allowed(Administration.CHANGE_PEERS))
async def change_peer(node_id: NodeIdInPath, request: Request, *, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    await actions.change_peer(tx, node_id, await read_form(request, PeerChange), version=version, by=me)
    return back_to(_LIST, "已保存。")


async def _peer(session: AsyncSession, node_id: str) -> Peer:
    peer = await store.find_peer(session, node_id)
    if peer is None:
        raise NotFound
    return peer


def _card(text: str) -> PeerCard:
    """The card that was pasted.

    Raises:
        InvalidInput: Not JSON, or not a card; says which part.
    """
    try:
        return meant(PeerCard, json.loads(text))
    except InvalidInput as fault:
        parts = "".join(error["message"] for error in fault.details["errors"])
        raise InvalidInput(errors=[{"field": "card", "message": f"名片不完整或有误。{parts}"}]) from fault
    except (ValueError, RecursionError) as fault:
        sentence = "这不是名片的内容。请整段粘贴对方“本节点名片”框里的文字。"
        raise InvalidInput(errors=[{"field": "card", "message": sentence}]) from fault


def _confirm_page(request: Request, context: ServiceContext, card: PeerCard, typed: Typed) -> Response:
    return page(
        request,
        "directory/peer_confirm.html",
        status_code=typed.status,
        card=card,
        card_text=typed.fields.get("card", ""),
        fingerprint=actions.card_fingerprint(card),
        direction=direction_of(context.node.level, card.level),
        lanes=lanes_of(context.node.level, card.level),
        systems=list(System),
        typed=typed,
    )


def _peer_page(request: Request, peer: Peer, typed: Typed) -> Response:
    return page(
        request,
        "directory/peer.html",
        status_code=typed.status,
        peer=peer,
        fingerprint=actions.fingerprint_of(peer.public_key),
        lanes=[lane for lane in Lane if lane in peer.lanes],
        systems=list(System),
        typed=typed,
    )


async def _list_page(
    request: Request, context: ServiceContext, session: AsyncSession, typed: Typed, cursor: str = ""
) -> Response:
    try:
        own = await actions.node_card(
            session, node=context.node, keys=context.node_keys, bootstrap_servers=context.settings.kafka
        )
    except NotFound:
        own = None
    found, place = await store.list_peers(session, cursor=cursor), Place(_LIST, cursor=cursor)
    return page(
        request,
        "directory/peers.html",
        status_code=typed.status,
        peers=found.rows,
        place=place,
        next_href=place.next_href(found),
        own_card=own.model_dump_json(indent=2) if own else "",
        own_fingerprint=actions.card_fingerprint(own) if own else "",
        typed=typed,
    )
