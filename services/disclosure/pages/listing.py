"""The office's list of public texts, the beginning of a new one, and the card for the home page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.disclosure import actions
from services.disclosure.actions.admitting import list_texts
from services.disclosure.actions.choosing import find_beginning
from services.disclosure.actions.steps import channel_of
from services.disclosure.model import Information, NewInformation
from services.disclosure.pages.forms import KEYWORDS, fields_of_item
from services.disclosure.pages.sheet import name_of
from services.disclosure.policy import Category, due_dates
from services.disclosure.policy.fields import LABELS
from services.disclosure.policy.permission import Act, require_role
from services.disclosure.store import information as store
from services.disclosure.store.items import find_signed, list_disclosable
from services.disclosure.store.rules import categories_by_code, category_set
from services.kernel.language.calendar import local_date
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
from services.kernel.runtime.heard.organisation import working_days
from services.kernel.runtime.pages.export import ExportForm, local_text
from services.kernel.runtime.pages.listing import Cursor, Place, Sort, export_list
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.identifiers import id_in
from services.kernel.runtime.web.dependencies import Me, Now, Officer, Reading, Tx, asked_first, edge_router, of_officer
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

router = edge_router(include_in_schema=False)

PAGE_SIZE = 50
WORDS: dict[str, Any] = {
    "labels": LABELS,
    "attributes": DisclosureAttribute,
    "validities": Validity,
    "outcomes": ReviewOutcome,
    "grounds": NonDisclosureGround,
}
"""What the fields of the forms are called, and the closed lists that they choose from."""
_TABS = (
    InformationStatus.DRAFT,
    InformationStatus.IN_REVIEW,
    InformationStatus.APPROVED,
    InformationStatus.PUBLISHED,
    InformationStatus.REVOKED,
)
Words = Annotated[str, Query(max_length=2000)]
_SORTS = {"touched": "最近办理", "created": "最新拟写", "title": "标题", "category": "分类"}
_HEAD = [
    LABELS["title"], LABELS["category_id"], LABELS["attribute"], "状态", LABELS["index_no"], LABELS["formed_on"],
    "发布时间", "拟稿", "最近办理",
]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the address of the list asks for."""

    status: str = ""
    q: Words = ""
    sort: Sort = ""
    cursor: Cursor = ""

    @property
    def wanted(self) -> InformationStatus | None:
        """The status, if there is such a one."""
        return InformationStatus(self.status) if self.status in set(InformationStatus) else None

    @property
    def words(self) -> str:
        """What is searched for."""
        return self.q.strip()[:100]

    @property
    def place(self) -> Place:
        """Which part of the list that is."""
        narrowed = {"status": self.wanted or "", "q": self.words}
        return Place("/disclosure/information", narrowed, _SORTS, self.sort, self.cursor)

    def listing(self, me: Officer) -> store.Listing:
        """What is read for it."""
        return store.Listing(me.unit_id, self.wanted, self.words, self.sort, self.cursor, PAGE_SIZE)


AskedFor = Annotated[Asked, Depends()]


@router.get("/")
async def enter() -> Response:
    return RedirectResponse("/disclosure/information", status_code=303)


@router.get("/information")
async def show_list(request: Request, me: Me, session: Reading, asked: AskedFor) -> Response:
    return page(
        request,
        "disclosure/list.html",
        may_write=me.has(Role.PUBLISHER),
        stream=f"/disclosure/live?channel={channel_of(me.unit_id)}",
        **await _rows(request, me, session, asked),
    )


@router.get("/information/rows")
async def show_rows(request: Request, me: Me, session: Reading, asked: AskedFor) -> Response:
    return page(request, "disclosure/_rows.html", **await _rows(request, me, session, asked))


@router.get("/information/export.{form}")
async def export(form: ExportForm, me: Me, session: Reading, *, now: Now, asked: AskedFor) -> Response:
    categories = await categories_by_code(session, now)

    async def read(cursor: str, limit: int) -> Part[Information]:
        return await list_texts(session, replace(asked.listing(me), cursor=cursor, limit=limit), by=me)

    return await export_list(
        form, "公开信息", _HEAD, read=read, line=lambda one: _cells(one, categories.get(one.category_id))
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
    item = await find_beginning(session, origin_id, by=me)
    typed = Typed(fields_of_item(item, me.unit_id, formed_on=local_date(now).isoformat(), section=me.section))
    return await _new_page(request, session, typed, origin_id, words=clean_line(q)[:100])


async def _new_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    blank = fields_of_item(None, request.state.officer.unit_id, formed_on="", section="")
    typed = replace(typed, fields={**blank, **typed.fields})
    return await _new_page(request, session, typed, id_in(typed.get("origin_id")))


@router.post("/information")
@comes_back(_new_again)
@asked_first(of_officer(lambda me: require_role(me, Act.WRITE)))
async def create(request: Request, me: Me, tx: Tx) -> Response:
    new = await read_form(request, NewInformation, parted=KEYWORDS)
    information = await actions.prepare_information(tx, new.values, by=me, origin_id=new.origin_id)
    address = f"/disclosure/information/{information.information_id}"
    if (await request.form()).get("then") != "send":
        return back_to(address, "已存为草稿。")
    await actions.send_to_review(tx, information.information_id, by=me)
    return back_to(address, "已送保密审查。")


async def _rows(request: Request, me: Me, session: AsyncSession, asked: Asked) -> dict[str, Any]:
    wanted, place = asked.wanted, asked.place
    found = await list_texts(session, asked.listing(me), by=me)
    categories = await categories_by_code(session, request.state.now)
    counts = await store.count_by_status(session, me.unit_id)
    return {
        "rows": await _lines(session, found.rows, categories, request.state.now),
        "tabs": [
            _tab(place, None, sum(counts.values()), wanted),
            *(_tab(place, one, counts.get(one, 0), wanted) for one in _TABS),
        ],
        "q": asked.words,
        "status": wanted or "",
        "place": place,
        "next_href": place.next_href(found),
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
            {
                "information": one,
                "category": name_of(category),
                "due": due,
                "is_late": bool(due and due.is_overdue(today)),
            }
        )
    return lines


def _cells(one: Information, category: Category | None) -> list[object]:
    return [
        one.title, name_of(category), one.attribute.label, one.status.label,
        one.index_no or "", one.formed_on or "", local_text(one.published_at), one.prepared_by.name,
        local_text(one.touched_at),
    ]  # fmt: skip


def _tab(
    place: Place, status: InformationStatus | None, count: int, wanted: InformationStatus | None
) -> dict[str, Any]:
    href = place.href(status=status or "", cursor="")
    return {"href": href, "label": status.label if status else "全部", "count": count, "current": status is wanted}


async def _new_page(
    request: Request, session: AsyncSession, typed: Typed, origin_id: UUID | None, *, words: str = ""
) -> Response:
    me = request.state.officer
    item = await find_signed(session, me, origin_id) if origin_id else None
    shown = (
        {"title": item.title_for(me.unit_id), "type": item.info_type.label, "unit": item.unit_name} if item else None
    )
    return page(
        request, "disclosure/new.html", status_code=typed.status, typed=typed, origin_id=origin_id, item=shown,
        made=await store.list_of_item(session, me.unit_id, origin_id) if origin_id else [],
        items=[] if origin_id else await _choices(session, me, words), words=words,
        **await catalogue_words(session, request.state.now), **WORDS,
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


async def catalogue_words(session: AsyncSession, now: datetime) -> dict[str, Any]:
    """What the catalogue says to a form: its leaves as choices, and how long a summary may be."""
    catalogue = await category_set(session, now)
    options = [(leaf.code, f"{leaf.class_name} › {leaf.name}") for leaf in catalogue.leaves]
    return {"categories": options, "summary_limit": catalogue.summary_limit}
