"""Instructions (批示): all that were recorded or told, newest first; recorded on the item's own page."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from services.kernel.language.reading import reads_in_office
from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import ReviewStatus
from services.kernel.runtime.pages.export import ExportForm
from services.kernel.runtime.pages.listing import Cursor, Place, Sort, export_list
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.web.dependencies import Me, Officer, Reading, edge_router
from services.review.model import Instruction, ReviewItem
from services.review.store.instructions import list_instructed
from services.review.store.lists import ItemFilter, list_items, office_items

router = edge_router(prefix="/instructions")

_HERE = (ReviewStatus.OPEN, ReviewStatus.KEPT, ReviewStatus.SELECTED, ReviewStatus.DECLINED, ReviewStatus.ADOPTED)
_PAGE = 30
_SORTS = {"recorded": "按登记先后", "given": "按批示日期", "leader": "按领导"}


@router.get("")
async def show_instructions(
    request: Request,
    me: Me,
    session: Reading,
    *,
    q: Annotated[str, Query(max_length=200)] = "",
    sort: Sort = "",
    cursor: Cursor = "",
) -> Response:
    _require_reader(me)
    place = Place("/review/instructions", {"q": q}, _SORTS, sort, cursor)
    shown = await list_instructed(session, order=sort, cursor=cursor, limit=_PAGE)
    found = await list_items(session, office_items(me), ItemFilter(statuses=_HERE, query=q), limit=10) if q else None
    return page(
        request,
        "review/instructions.html",
        rows=shown.rows,
        place=place,
        next_href=place.next_href(shown),
        found=found.rows if found else None,
        q=q,
    )


@router.get("/export.{form}")
async def export(form: ExportForm, me: Me, session: Reading, sort: Sort = "") -> Response:
    _require_reader(me)
    head = ["批示日期", "层级", "职务", "领导", "稿件", "报送单位", "内容", "告知下级"]

    async def read(cursor: str, limit: int) -> Part[tuple[Instruction, ReviewItem]]:
        return await list_instructed(session, order=sort, cursor=cursor, limit=limit)

    def line(row: tuple[Instruction, ReviewItem]) -> list[object]:
        one, item = row
        who = [one.given_on, one.level.label, one.leader_rank.label, one.leader_name]
        return [*who, item.title, item.unit_name, one.text or "内容未告知", one.share.label]

    return await export_list(form, "批示", head, read=read, line=line)


def _require_reader(me: Officer) -> None:
    if not reads_in_office(me):
        raise NotPermitted("批示由本级办公室登记和查看。")
