"""Erasing an item from every copy: finding it, what would go where, the decision, progress, what was erased."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.exchange import actions
from services.exchange.actions.admitting import granted
from services.exchange.actions.erasures import neighbours_with
from services.exchange.model import Erasure
from services.exchange.model.inputs import NewErasure, NewErasureRefusal
from services.exchange.policy.erasures import MAX_REASON_CHARACTERS, copies_in_all, origin_in, short_number_in, steps_of
from services.exchange.policy.permissions import Act, require
from services.exchange.store.erasures import (
    count_requests,
    find_by_ending,
    find_erasure,
    list_erasures,
    list_requests,
    list_said,
)
from services.exchange.store.routes import routes_of
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import ErasureGround, ErasureStage
from services.kernel.runtime.heard.organisation import list_peers
from services.kernel.runtime.keeping.erasure.copies import Copies
from services.kernel.runtime.keeping.erasure.keepers import AskedKeeper, KeeperSilent
from services.kernel.runtime.pages.event_desk.pages import SERVICE_TITLES
from services.kernel.runtime.pages.export import ExportForm, local_text
from services.kernel.runtime.pages.listing import Cursor, Place, Sort, export_list
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import (
    Context,
    LiveMe,
    Me,
    Reading,
    Tx,
    asked_first,
    edge_router,
)
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

router = edge_router(prefix="/erasures", include_in_schema=False)

PAGE_SIZE = 50
_SORTS = {"newest": "最近决定在前", "oldest": "最早决定在前", "by": "按决定人"}


@router.get("")
async def show_erasures(
    request: Request, *, me: Me, reading: Reading, context: Context, q: str = "", sort: Sort = "", cursor: Cursor = ""
) -> Response:
    require(me.roles, Act.ERASE)
    origin_id = origin_in(q)
    if origin_id is None and (ending := short_number_in(q)):
        origin_id = await find_by_ending(reading, ending)
    if origin_id is not None:
        return RedirectResponse(f"/exchange/erasures/{origin_id}", status_code=303)
    place = Place("/exchange/erasures", {}, _SORTS, sort, cursor)
    found = await list_erasures(reading, order=sort, cursor=cursor, limit=PAGE_SIZE)
    return page(
        request,
        "exchange/erasures.html",
        erasures=found.rows,
        said=_by_item(await list_said(reading, [one.origin_id for one in found.rows])),
        requests=await list_requests(reading),
        requests_in_all=await count_requests(reading),
        names=await _names(reading, context),
        copies_in_all=copies_in_all,
        place=place,
        next_href=place.next_href(found),
        q=q,
        error="没有找到这件稿件。请打开稿件页，粘贴它的地址。" if q.strip() else "",
    )


@router.get("/export.{form}")
async def export(form: ExportForm, me: Me, reading: Reading, sort: Sort = "") -> Response:
    require(me.roles, Act.ERASE)

    async def read(cursor: str, limit: int) -> Part[Erasure]:
        return await list_erasures(reading, order=sort, cursor=cursor, limit=limit)

    def line(one: Erasure) -> list[object]:
        state = one.stage.label if one.stage is ErasureStage.DONE else "正在清除"
        who = [one.unit_name, one.decided_by, local_text(one.decided_at)]
        return [one.origin_id, one.ground.label, one.reason, *who, copies_in_all(one.copies), one.files, state]

    head = ["稿件编号", "为什么", "说明", "单位", "谁决定的", "什么时候", "清除份数", "附件", "状态"]
    return await export_list(form, "清除记录", head, read=read, line=line)


@router.get("/{origin_id}")
async def show_item(request: Request, origin_id: UUID, *, me: Me, reading: Reading, context: Context) -> Response:
    """The record of an erasure; before there is one, what would be erased where, and the form to decide it."""
    require(me.roles, Act.ERASE)
    erasure = await find_erasure(reading, origin_id)
    if erasure is None:
        return await _decision_page(request, context, reading, origin_id, Typed())
    return await _record_page(request, context, reading, erasure, "exchange/erasure.html")


@router.get("/{origin_id}/standing")
async def show_standing(request: Request, origin_id: UUID, *, me: Me, reading: Reading, context: Context) -> Response:
    """The inner part of the record, fetched again while it is carried out."""
    require(me.roles, Act.ERASE)
    erasure = await find_erasure(reading, origin_id)
    if erasure is None:
        return Response(status_code=204)
    return await _record_page(request, context, reading, erasure, "exchange/_erasure.html")


async def _again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    origin_id = named_in(request, "origin_id", UUID)
    return await _decision_page(request, request.app.state.context, session, origin_id, typed)


async def _declined_again(request: Request, session: AsyncSession, typed: Typed, refusal: Refusal) -> Response:
    """Each neighbour's request has a form of its own on the page."""
    said = {f"reason-{typed.get('peer')}": typed.message or typed.errors.get("reason", str(refusal))}
    again = replace(typed, fields={"declined": typed.get("reason")}, errors=said, message="")
    return await _again(request, session, again, refusal)


@router.post("/{origin_id}")
@comes_back(_again)
@asked_first(granted(Act.ERASE))
async def decide_erasure(request: Request, origin_id: UUID, me: LiveMe, tx: Tx) -> Response:
    new = await read_form(request, NewErasure)
    await actions.decide_erasure(tx, origin_id, ground=new.ground, reason=new.reason, by=me)
    return back_to(f"/exchange/erasures/{origin_id}", "已开始清除，进度在下面；相邻单位已收到通知，由他们自己决定。")


@router.post("/{origin_id}/decline")
@comes_back(_declined_again)
@asked_first(granted(Act.ERASE))
async def decline_erasure(request: Request, origin_id: UUID, me: LiveMe, tx: Tx) -> Response:
    new = await read_form(request, NewErasureRefusal)
    await actions.decline_erasure(tx, origin_id, new.peer, reason=new.reason, by=me)
    return back_to("/exchange/erasures", "已答复不清除，理由已发给对方。")


@router.post("/{origin_id}/again")
async def erase_again(origin_id: UUID, me: LiveMe, tx: Tx) -> Response:
    await actions.erase_again(tx, origin_id, by=me)
    return back_to(f"/exchange/erasures/{origin_id}", "已重新开始，每一处再清除一遍。")


async def _decision_page(
    request: Request, context: ServiceContext, session: AsyncSession, origin_id: UUID, typed: Typed
) -> Response:
    copies = await _copies(context, origin_id)
    route = (await routes_of(session, [str(origin_id)])).get(str(origin_id), ())
    said = await list_said(session, [str(origin_id)])
    names = await _names(session, context)
    return page(
        request,
        "exchange/erasure_decide.html",
        status_code=typed.status,
        origin_id=origin_id,
        copies=copies,
        title=next((one.title for one in copies.values() if one and one.title), ""),
        topics=len({topic for one in copies.values() if one for topic in one.topics}),
        files=len({digest for one in copies.values() if one for digest in one.digests}),
        is_unknown=all(one is not None and one.is_empty for one in copies.values()),
        route=[names.get(one, "已撤销的节点") for one in route],
        neighbours=await neighbours_with(session, context.node.node_id, origin_id),
        requests=[one for one in said if not one.is_declined and not one.answer],
        answered=[one for one in said if one.answer == "declined"],
        names=names,
        titles=SERVICE_TITLES,
        grounds=[(one.value, one.label, one.source) for one in ErasureGround],
        max_reason=MAX_REASON_CHARACTERS,
        typed=typed.fields,
        errors=typed.errors,
        message=typed.message,
    )


async def _record_page(
    request: Request, context: ServiceContext, session: AsyncSession, erasure: Erasure, template: str
) -> Response:
    return page(
        request,
        template,
        erasure=erasure,
        is_done=erasure.stage is ErasureStage.DONE,
        steps=steps_of(erasure.stage, trouble=erasure.trouble),
        said={one.peer: one for one in await list_said(session, [erasure.origin_id])},
        names=await _names(session, context),
        titles=SERVICE_TITLES,
        copies_in_all=copies_in_all(erasure.copies),
    )


async def _copies(context: ServiceContext, origin_id: UUID) -> dict[str, Copies | None]:
    """By service, what it has of the item; None for one that does not answer. What the node has not is left out."""
    found = await asyncio.gather(*(_copies_in(AskedKeeper(context, name), origin_id) for name in ALL_SERVICES))
    return {name: one for name, one in zip(ALL_SERVICES, found, strict=True) if one is not _ABSENT}


_ABSENT = Copies(facts=-1)


async def _copies_in(keeper: AskedKeeper, origin_id: UUID) -> Copies | None:
    try:
        return await keeper.copies(origin_id) if await keeper.is_here() else _ABSENT
    except KeeperSilent:
        return None


async def _names(session: AsyncSession, context: ServiceContext) -> dict[str, str]:
    """Names of this node and its neighbours, by id."""
    return {peer.peer: peer.name for peer in await list_peers(session)} | {context.node.node_id: context.node.name}


def _by_item(said: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in said:
        found.setdefault(one.origin_id, []).append(one)
    return found
