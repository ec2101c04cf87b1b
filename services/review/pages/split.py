"""The two-pane page that all desks share."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field

from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.language.vocabulary import (
    AdoptionMode,
    DeclineReason,
    InfoType,
    LeaderRank,
    ReturnReason,
    Share,
    SignMode,
)
from services.kernel.runtime.pages.export import ExportForm, local_text
from services.kernel.runtime.pages.listing import export_list
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import id_in
from services.kernel.runtime.telling.delays import find_delay
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import Officer
from services.kernel.runtime.web.forms import Show, Typed
from services.kernel.runtime.web.sentences import label_at
from services.review.model import ReviewItem
from services.review.model.inputs import NewCheck, NewReturn, Sentence
from services.review.pages.desks import Asked, Desk, list_pane
from services.review.pages.pane import PaneRequest, item_pane
from services.review.store.lists import list_items
from services.review.store.sheet import outward_status

_HEAD = ["稿件号", "标题", "报送单位", "类别", "状态", "版次", "到达", "签收", "处理时限", "最近办理"]
_ASKED = {one.name for one in fields(Asked)}
_WORDS: dict[str, Any] = {
    "modes": AdoptionMode,
    "labels": {
        "reason": label_at(NewReturn, ["reason"]),
        "alone_reason": label_at(NewCheck, ["alone_reason"]),
    },
    "return_reasons": ReturnReason,
    "decline_reasons": DeclineReason,
    "ranks": LeaderRank,
    "shares": Share,
    "sign_modes": SignMode,
    "info_types": InfoType,
}


class ReturnForm(NewReturn):
    """The form of a return: all that it lacks is said at once."""

    reason: Sentence = Field(default="", min_length=1, title=NewReturn.model_fields["reason"].title)


async def show_list(request: Request, session: AsyncSession, desk: Desk, me: Officer, asked: Asked) -> Response:
    """The list with an empty item pane."""
    pane = await list_pane(session, desk, me, asked, now=request.state.now)
    return page(request, "review/desk.html", list=pane, pane=None, **_WORDS)


async def show_rows(request: Request, session: AsyncSession, desk: Desk, me: Officer, asked: Asked) -> Response:
    """The rows alone, for a live page."""
    current = id_in(request.query_params.get("current", ""))
    pane = await list_pane(session, desk, me, asked, now=request.state.now, current=current)
    return page(request, "review/_rows.html", list=pane)


async def export_desk(session: AsyncSession, desk: Desk, me: Officer, asked: Asked, form: ExportForm) -> Response:
    """The desk's list as a file, narrowed and sorted as it is shown."""
    seen, wanted = desk.condition(me), asked.filter(desk.tab(asked.show))

    async def read(cursor: str, limit: int) -> Part[ReviewItem]:
        return await list_items(session, seen, wanted, cursor=cursor, limit=limit)

    def line(item: ReviewItem) -> list[object]:
        status = outward_status(item.status, is_office=desk.is_office)
        return [
            item.number, item.title, item.unit_name, item.info_type.label, status.label, item.submission_version,
            local_text(item.arrived_at), local_text(item.received_at), local_text(item.handle_by),
            local_text(item.touched_at),
        ]  # fmt: skip

    return await export_list(form, desk.title, _HEAD, read=read, line=line)


async def show_item(
    request: Request,
    session: AsyncSession,
    desk: Desk,
    me: Officer,
    origin_id: UUID,
    *,
    asked: Asked,
    wanted: PaneRequest,
) -> Response:
    """The list with an item beside it.

    Raises:
        NotFound: The officer may read it, at another of his desks.
    """
    now, context = request.state.now, request.app.state.context
    placed = replace(wanted, place=asked.place(desk))
    pane = await item_pane(session, origin_id, me, placed, context=context, now=now)
    if not desk.holds(me, pane.sheet.item):
        raise NotFound
    rows = await list_pane(session, desk, me, asked, now=now, current=origin_id)
    delay = await find_delay(request, origin_id)
    return page(
        request, "review/desk.html", status_code=wanted.typed.status, list=rows, pane=pane, delay=delay, **_WORDS
    )


async def after_decision(tx: Transaction, desk: Desk, me: Officer, origin_id: UUID, asked: Asked) -> str:
    """Where a decision on an item will lead: the next one of the same list as it stands before it, else the list."""
    if not desk.is_for(me):
        return desk.path  # the step itself says no
    pane = await list_pane(tx.session, desk, me, asked, now=tx.now, current=origin_id)
    if not pane.following and pane.place and pane.part.next:
        asked = replace(asked, cursor=pane.part.next)
        pane = await list_pane(tx.session, desk, me, asked, now=tx.now)
        return next((row.href for _, rows in pane.groups for row in rows), pane.address.first_href)
    return pane.following or asked.place(desk).href(cursor=asked.cursor if len(pane.part.rows) > 1 else "")


def again(desk: Desk, view: str = "") -> Show:
    """The item at its desk, with the form of `view` as it was typed when it was refused."""

    async def show(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
        origin_id, wanted = named_in(request, "origin_id", UUID), PaneRequest(view=view, typed=typed)
        asked = Asked(**{name: value for name, value in request.query_params.items() if name in _ASKED})
        return await show_item(request, session, desk, request.state.officer, origin_id, asked=asked, wanted=wanted)

    return show
