"""Items: listed, read, and moved inside the author's unit."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.kernel.language.reading import reads_in_office
from services.kernel.language.vocabulary import InfoType, ReviewStatus
from services.kernel.runtime.pages.listing import Cursor, Sort
from services.kernel.runtime.web.dependencies import (
    Context,
    LiveMe,
    Me,
    Now,
    OfferedVersion,
    Reading,
    Tx,
    asked_first,
    edge_router,
    etag,
)
from services.kernel.runtime.web.views import Page
from services.review.actions.admitting import granted
from services.review.actions.signing import Signature, check_submission, sign_submission
from services.review.api.files import digests_present
from services.review.api.views import RowView, SheetView, StandingView
from services.review.model import ReviewItem
from services.review.model.inputs import NewCheck, NewSignature
from services.review.policy import Verb
from services.review.store.lists import ItemFilter, list_items, visible_to
from services.review.store.sheet import inward_statuses, item_sheet

router = edge_router(prefix="/api/v1/submissions")


@router.get("")
async def list_submissions(
    me: Me,
    session: Reading,
    *,
    status: Annotated[list[ReviewStatus] | None, Query()] = None,
    q: Annotated[str, Query(max_length=200)] = "",
    unit_id: UUID | None = None,
    info_type: InfoType | None = None,
    sort: Sort = "",
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[RowView]:
    is_office = reads_in_office(me)
    statuses = inward_statuses(status or (), is_office=is_office)
    if status and not statuses:
        return Page[RowView](items=[])
    wanted = ItemFilter(statuses=statuses, query=q, unit_id=unit_id, info_type=info_type, order=sort)
    page = await list_items(session, visible_to(me), wanted, cursor=cursor, limit=limit)
    rows = [RowView.of(item, is_office=is_office and item.is_here) for item in page.rows]
    return Page[RowView](items=rows, next=page.next)


@router.get("/{origin_id}")
async def read_submission(
    origin_id: UUID, me: Me, *, session: Reading, context: Context, now: Now, response: Response
) -> SheetView:
    sheet = await item_sheet(session, origin_id, me, now)
    etag(response, sheet.item.version)
    return SheetView.whole(sheet, present=digests_present(context.files, sheet))


@router.post("/{origin_id}/check")
@asked_first(granted(Verb.CHECK))
async def check(
    origin_id: UUID, me: Me, *, tx: Tx, version: OfferedVersion, response: Response, new: NewCheck | None = None
) -> StandingView:
    reason = new.alone_reason if new else ""
    return _answer(response, await check_submission(tx, origin_id, by=me, version=version, alone_reason=reason))


@router.post("/{origin_id}/sign")
@asked_first(granted(Verb.SIGN))
async def sign(
    origin_id: UUID, me: LiveMe, *, tx: Tx, version: OfferedVersion, response: Response, new: NewSignature | None = None
) -> StandingView:
    signature = Signature.of(new)
    return _answer(response, await sign_submission(tx, origin_id, by=me, signature=signature, version=version))


def _answer(response: Response, item: ReviewItem) -> StandingView:
    etag(response, item.version)
    return StandingView.read(item)
