"""The portal's other columns, and its feeds: guide, rules, annual reports, how to apply."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from services.disclosure.actions.answering import PortalReading, keepable
from services.disclosure.pages.portal import ANNUAL_REPORTS, public_page
from services.disclosure.store import portal
from services.kernel.runtime.templating import page
from services.kernel.runtime.web import edge_router

router = edge_router(prefix="/open", include_in_schema=False)

FEED_LENGTH = 50
SITEMAP_LENGTH = 5000


@router.get("/guide")
async def show_guide(request: Request, session: PortalReading) -> Response:
    return await public_page(request, session, "disclosure/open_text.html", heading="政府信息公开指南", part="guide")


@router.get("/rules")
async def show_rules(request: Request, session: PortalReading) -> Response:
    return await public_page(request, session, "disclosure/open_text.html", heading="政府信息公开制度", part="rules")


@router.get("/requests")
async def show_requests(request: Request, session: PortalReading) -> Response:
    return await public_page(request, session, "disclosure/open_text.html", heading="依申请公开", part="requests")


@router.get("/reports")
async def show_reports(request: Request, session: PortalReading) -> Response:
    listing = portal.PublicListing(category_ids=[ANNUAL_REPORTS], limit=100)
    reports = await portal.list_public(session, listing)
    return await public_page(request, session, "disclosure/open_reports.html", reports=reports)


@router.get("/feed.xml")
async def show_feed(request: Request, session: PortalReading) -> Response:
    return await _xml(request, session, "disclosure/open_feed.xml", FEED_LENGTH, "application/atom+xml")


@router.get("/sitemap.xml")
async def show_sitemap(request: Request, session: PortalReading) -> Response:
    return await _xml(request, session, "disclosure/open_sitemap.xml", SITEMAP_LENGTH, "application/xml")


async def _xml(request: Request, session: PortalReading, template: str, limit: int, media_type: str) -> Response:
    found = await portal.list_public(session, portal.PublicListing(limit=limit))
    address = str(request.base_url).rstrip("/")
    context: dict[str, Any] = {"items": found[:limit], "address": address, "flash": []}
    written = page(request, template, **context)
    return keepable(request, Response(written.body, media_type=media_type))
