"""The portal's other columns, and its feeds: guide, rules, annual reports, how to apply."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from services.disclosure.actions.answering import PortalReading, keepable, public_address
from services.disclosure.pages.portal import ANNUAL_REPORTS, public_page
from services.disclosure.store import portal
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.web.dependencies import edge_router

router = edge_router(prefix="/open", include_in_schema=False)

FEED_LENGTH = 50
SUMMARY_LENGTH = 200
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
    reports = (await portal.list_public(session, listing)).rows
    return await public_page(request, session, "disclosure/open_reports.html", reports=reports)


@router.get("/feed.xml")
async def show_feed(request: Request, session: PortalReading) -> Response:
    newest = (await portal.list_public(session, portal.PublicListing(limit=FEED_LENGTH))).rows
    beginnings = await portal.find_beginnings(session, newest, SUMMARY_LENGTH)
    return _xml(request, "disclosure/open_feed.xml", "application/atom+xml", items=newest, beginnings=beginnings)


@router.get("/sitemap.xml")
async def show_sitemap(request: Request, session: PortalReading) -> Response:
    newest = (await portal.list_public(session, portal.PublicListing(limit=SITEMAP_LENGTH))).rows
    return _xml(request, "disclosure/open_sitemap.xml", "application/xml", items=newest)


def _xml(request: Request, template: str, media_type: str, **content: Any) -> Response:
    known = public_address(request)
    address = known or str(request.base_url).rstrip("/")
    written = page(request, template, address=address, flash=[], **content)
    return keepable(request, Response(written.body, media_type=media_type), is_shared=bool(known))
