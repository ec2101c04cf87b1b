"""The office's list of public texts, the beginning of a new one, and the card for the home page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.disclosure import actions
from services.disclosure.actions.choosing import disclosable_item
from services.disclosure.actions.steps import channel_of
from services.disclosure.model import Information
from services.disclosure.pages.forms import Typed, fields_of_item, read_text_form
from services.disclosure.policy import Category, due_dates
from services.disclosure.policy.permission import Act, require_role
from services.disclosure.store import information as store
from services.disclosure.store.items import find_signed, list_disclosable
from services.disclosure.store.rules import categories_by_code
from services.kernel.language.calendar import local_date
from services.kernel.language.moments import read_moment
from services.kernel.language.refusal import Refusal
from services.kernel.language.text import clean_line
from services.kernel.language.vocabulary import (
    DisclosureAttribute,
    InformationStatus,
    NonDisclosureGround,
    ReviewOutcome,
    Role,
    Validity,
)
from services.kernel.runtime.organisation import working_days
from services.kernel.runtime.paging import decode_cursor, encode_cursor
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.templating import back_to, page
from services.kernel.runtime.web import Me, Now, Officer, Reading, Tx, edge_router

router = edge_router(include_in_schema=False)

PAGE_SIZE = 50
RETURNED_FOR = timedelta(days=30)
WORDS = {
    "attributes": DisclosureAttribute,
    "validities": Validity,
    "outcomes": ReviewOutcome,
    "grounds": NonDisclosureGround,
}
"""The closed lists that the forms choose from."""
_TABS = (
    InformationStatus.DRAFT,
    InformationStatus.IN_REVIEW,
    InformationStatus.APPROVED,
    InformationStatus.PUBLISHED,
    InformationStatus.REVOKED,
)
Words = Annotated[str, Query(max_length=2000)]
Cursor = Annotated[str, Query(max_length=400)]


@router.get("/")
async def enter() -> Response:
    return RedirectResponse("/disclosure/information", status_code=303)


@router.get("/information")
async def show_list(
    request: Request, me: Me, session: Reading, *, status: str = "", q: Words = "", cursor: Cursor = ""
) -> Response:
    return page(
        request,
        "disclosure/list.html",
        may_write=me.has(Role.PUBLISHER),
        stream=f"/disclosure/live?channel={channel_of(me.unit_id)}",
        **await _rows(request, me, session, status=status, q=q, cursor=cursor),
    )


@router.get("/information/rows")
async def show_rows(
    request: Request, me: Me, session: Reading, *, status: str = "", q: Words = "", cursor: Cursor = ""
) -> Response:
    return page(
        request, "disclosure/_rows.html", **await _rows(request, me, session, status=status, q=q, cursor=cursor)
    )


@router.get("/information/new")
async def show_new(
    request: Request,
    me: Me,
    session: Reading,
    now: Now,
    *,
    origin_id: Annotated[UUID | None, Query()] = None,
    q: Words = "",
) -> Response:
    require_role(me, Act.WRITE)
    item = await disclosable_item(session, me, origin_id) if origin_id else None
    typed = Typed(fields_of_item(item, me.unit_id, formed_on=local_date(now).isoformat(), section=me.section))
    return await _new_page(request, session, me, typed, origin_id, words=clean_line(q)[:100])


@router.post("/information")
async def create(request: Request, me: Me, tx: Tx) -> Response:
    require_role(me, Act.WRITE)
    form = await request.form()
    typed = read_text_form(form)
    origin_id = _uuid(str(form.get("origin_id") or ""))
    if typed.errors:
        return await _new_page(request, tx.session, me, typed, origin_id)
    try:
        values = {name: value for name, value in typed.values.items() if value is not None}
        information = await actions.prepare_information(tx, me, values, origin_id=origin_id)
        said = "已存为草稿。"
        if form.get("then") == "send":
            await actions.send_to_review(tx, me, information.information_id)
            said = "已送保密审查。"
    except Refusal as refusal:
        return await _new_page(request, tx.session, me, typed.refused(refusal), origin_id)
    return back_to(f"/disclosure/information/{information.information_id}", said)


@router.get("/fragments/todo")
async def show_todo(request: Request, me: Me, session: Reading, now: Now) -> Response:
    counts = await store.count_by_status(session, me.unit_id)
    context: dict[str, Any] = {
        "in_review": counts.get(InformationStatus.IN_REVIEW, 0),
        "approved": counts.get(InformationStatus.APPROVED, 0),
        "returned": await store.count_returned(session, me.unit_id, now - RETURNED_FOR),
        "oldest": await store.oldest_touched(session, me.unit_id, InformationStatus.IN_REVIEW),
        "reviews": me.has(Role.SECRECY),
        "publishes": me.has(Role.PUBLISHER),
    }
    return page(request, "disclosure/_todo.html", **context)


async def _rows(request: Request, me: Me, session: AsyncSession, *, status: str, q: str, cursor: str) -> dict[str, Any]:
    require_role(me, Act.READ)
    wanted = InformationStatus(status) if status in set(InformationStatus) else None
    q = q.strip()[:100]
    found = await store.list_information(session, store.Listing(me.unit_id, wanted, q, _after(cursor), PAGE_SIZE))
    categories, counts = (
        await categories_by_code(session, request.state.now),
        await store.count_by_status(session, me.unit_id),
    )
    query = {"status": status, "q": q, "cursor": cursor}
    return {
        "rows": await _lines(session, found[:PAGE_SIZE], categories, request.state.now),
        "tabs": [_tab(None, sum(counts.values()), wanted), *(_tab(one, counts.get(one, 0), wanted) for one in _TABS)],
        "q": q,
        "status": wanted or "",
        "rows_href": "/disclosure/information/rows?" + urlencode({k: v for k, v in query.items() if v}),
        "next_href": _next_href(request, found),
    }


async def _lines(
    session: AsyncSession, found: list[Information], categories: dict[str, Category], now: datetime
) -> list[dict[str, Any]]:
    days, today = await working_days(session), local_date(now)
    lines = []
    for one in found:
        category = categories.get(one.category_id)
        is_waiting = one.index_no is None and one.attribute is DisclosureAttribute.PROACTIVE
        due = due_dates(one.formed_on, category, days) if category and one.formed_on and is_waiting else None
        lines.append(
            {"information": one, "category": category, "due": due, "is_late": bool(due and due.is_overdue(today))}
        )
    return lines


def _tab(status: InformationStatus | None, count: int, wanted: InformationStatus | None) -> dict[str, Any]:
    href = "/disclosure/information" + (f"?status={status}" if status else "")
    return {"href": href, "label": status.label if status else "全部", "count": count, "current": status is wanted}


async def _new_page(
    request: Request, session: AsyncSession, me: Officer, typed: Typed, origin_id: UUID | None, *, words: str = ""
) -> HTMLResponse:
    item = await find_signed(session, me, origin_id) if origin_id else None
    shown = (
        {"title": item.title_for(me.unit_id), "type": item.info_type.label, "unit": item.unit_name} if item else None
    )
    return page(
        request, "disclosure/new.html", status_code=typed.status, typed=typed, origin_id=origin_id, item=shown,
        made=await store.list_of_item(session, me.unit_id, origin_id) if origin_id else [],
        items=[] if origin_id else await _choices(session, me, words), words=words,
        categories=await category_options(session, request.state.now), **WORDS,
    )  # fmt: skip


async def _choices(session: AsyncSession, me: Officer, words: str) -> list[dict[str, Any]]:
    """The items that the officer's unit may begin a public text from, as lines to choose."""
    return [
        {
            "origin_id": one.origin_id,
            "title": one.title_for(me.unit_id),
            "note": f"{one.info_type.label} · {one.unit_name}",
        }
        for one in await list_disclosable(session, me, words)
    ]


async def category_options(session: AsyncSession, now: datetime) -> list[tuple[str, str]]:
    """The leaves of the catalogue as choices."""
    leaves = (await categories_by_code(session, now)).values()
    return [(leaf.code, f"{leaf.class_name} › {leaf.name}") for leaf in leaves]


def _after(cursor: str) -> tuple[datetime, UUID] | None:
    if not cursor:
        return None
    return decode_cursor(cursor, read_moment, UUID)


def _next_href(request: Request, found: list[Information]) -> str:
    if len(found) <= PAGE_SIZE:
        return ""
    last = found[PAGE_SIZE - 1]
    cursor = encode_cursor([last.touched_at.isoformat(), last.information_id])
    return "/disclosure/information?" + urlencode({**request.query_params, "cursor": cursor})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
