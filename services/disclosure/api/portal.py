"""Published texts for everybody, without signing in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from services.disclosure.actions.answering import PortalReading, keepable
from services.disclosure.actions.refusals import InformationWithdrawn
from services.disclosure.api.views import PublicLineView, PublicView
from services.disclosure.store import portal
from services.kernel.language.refusal import NotHereYet
from services.kernel.runtime.pages.listing import Cursor
from services.kernel.runtime.web.dependencies import edge_router
from services.kernel.runtime.web.views import Page, View

router = edge_router(prefix="/open/api/v1")


@router.get("/information", response_model=Page[PublicLineView])
async def list_published(
    request: Request,
    session: PortalReading,
    *,
    q: Annotated[str, Query(max_length=100)] = "",
    category_id: Annotated[list[str] | None, Query(max_length=50)] = None,
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    listing = portal.PublicListing(q, category_id or (), cursor, limit)
    found = await portal.list_public(session, listing)
    items = [PublicLineView.of(one) for one in found.rows]
    return _json(request, Page[PublicLineView](items=items, next=found.next))


@router.get("/information/{information_id}", response_model=PublicView)
async def show_published(request: Request, information_id: UUID, session: PortalReading) -> Response:
    shown = await portal.find_public(session, information_id)
    if shown is None:
        raise NotHereYet
    if shown.revoked_at is not None:
        raise InformationWithdrawn(
            index_no=shown.index_no, reason=shown.revoke_reason, revoked_at=shown.revoked_at.isoformat()
        )
    return _json(request, PublicView.of(shown))


def _json(request: Request, view: View) -> Response:
    return keepable(request, JSONResponse(view.model_dump(mode="json")))
