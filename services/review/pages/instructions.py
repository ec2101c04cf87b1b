"""Instructions (批示): all that were recorded or told, newest first; recorded on the item's own page."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from services.kernel.language.reading import reads_in_office
from services.kernel.language.refusal import NotPermitted
from services.kernel.language.vocabulary import ReviewStatus
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.web.dependencies import Me, Reading, edge_router
from services.review.store.instructions import list_instructed
from services.review.store.lists import ItemFilter, list_items, office_items

router = edge_router(prefix="/instructions")

_HERE = (ReviewStatus.OPEN, ReviewStatus.KEPT, ReviewStatus.SELECTED, ReviewStatus.DECLINED, ReviewStatus.ADOPTED)
_PAGE = 30


@router.get("")
async def show_instructions(
    request: Request,
    me: Me,
    session: Reading,
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    if not reads_in_office(me):
        raise NotPermitted("批示由本级办公室登记和查看。")
    shown = await list_instructed(session, cursor=cursor, limit=_PAGE)
    found = await list_items(session, office_items(me), ItemFilter(statuses=_HERE, query=q), limit=10) if q else None
    return page(
        request,
        "review/instructions.html",
        rows=shown.rows,
        next=shown.next,
        found=found.rows if found else None,
        q=q,
    )
