"""The public portal: the catalogue, a text, its files. Nothing here needs a cookie or a script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from services.disclosure.actions.answering import PortalContext, PortalReading, keepable, keepable_download
from services.disclosure.policy import CategorySet, HeaderRow, header_rows
from services.disclosure.policy.excerpt import SEARCHED, excerpt, marked
from services.disclosure.policy.guide import Guide
from services.disclosure.store import portal
from services.disclosure.store.rules import category_set, guide
from services.kernel.language.calendar import SHANGHAI, local_date
from services.kernel.language.refusal import NotFound, NotHereYet
from services.kernel.runtime.pages.listing import Cursor, Place
from services.kernel.runtime.pages.templating import masthead_of, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import edge_router

router = edge_router(prefix="/open", include_in_schema=False)

PAGE_SIZE = 20
ANNUAL_REPORTS = "0509"
_WIDE = frozenset({"title", "summary", "keywords"})

Words = Annotated[str, Query(max_length=2000)]


@router.get("/")
async def show_catalogue(request: Request, session: PortalReading, q: Words = "", cursor: Cursor = "") -> Response:
    q = q.strip()[:100]
    categories = await category_set(session, request.state.now)
    heading = f"“{q}”的检索结果" if q else "最新公开"
    return await _list(request, session, categories, heading=heading, q=q, cursor=cursor)


@router.get("/categories/{code}")
async def show_category(request: Request, code: str, session: PortalReading, cursor: Cursor = "") -> Response:
    categories = await category_set(session, request.state.now)
    name, leaves = _branch(categories, code)
    return await _list(request, session, categories, heading=name, code=code, leaves=leaves, cursor=cursor)


@router.get("/information/{information_id}")
async def show_information(request: Request, information_id: UUID, session: PortalReading) -> Response:
    shown = await portal.find_public(session, information_id)
    if shown is None:
        raise NotHereYet("没有找到这条信息。如果刚刚发布，请过几秒再打开。")
    categories = await category_set(session, request.state.now)
    if shown.revoked_at is not None:
        return await public_page(request, session, "disclosure/open_revoked.html", status=410, shown=shown)
    return await public_page(
        request, session, "disclosure/open_information.html", categories=categories, code=shown.category_id, shown=shown,
        header=laid_out(header_rows(shown.as_metadata)),
    )  # fmt: skip


@router.get("/information/{information_id}/attachments/{attachment_id}")
async def download(
    request: Request, information_id: UUID, attachment_id: UUID, session: PortalReading, context: PortalContext
) -> Response:
    shown = await portal.find_public(session, information_id)
    found = [file for file in (shown.attachments if shown else ()) if file["attachment_id"] == str(attachment_id)]
    if not found:
        raise NotFound
    named = {name: found[0][name] for name in ("sha256", "filename", "media_type")}
    return await keepable_download(request, context, **named)


async def public_page(
    request: Request, session: AsyncSession, template: str, *, status: int = 200, code: str = "",
    categories: CategorySet | None = None, **more: Any,
) -> Response:  # fmt: skip
    """A page that says the same to everybody on a day, so that it can be kept by its content."""
    today = datetime.combine(local_date(request.state.now), time(), SHANGHAI)
    context = {
        "now": today,
        "flash": [],
        "code": code,
        "guide": await texts(request, session),
    }
    context["tree"] = _tree(categories or await category_set(session, request.state.now), code)
    return keepable(request, page(request, template, status_code=status, **(context | more)))


async def texts(request: Request, session: AsyncSession) -> Guide:
    """The standing texts with this node's names."""
    names = masthead_of(request.app.state.node)
    return (await guide(session, request.state.now)).named(government=names.government_title, office=names.office_title)


async def _list(
    request: Request, session: AsyncSession, categories: CategorySet, *, heading: str, q: str = "", code: str = "",
    leaves: Sequence[str] = (), cursor: str = "",
) -> Response:  # fmt: skip
    found = await portal.list_public(session, portal.PublicListing(q, leaves, cursor, PAGE_SIZE))
    bodies = await portal.find_beginnings(session, found.rows, SEARCHED) if q else {}
    lines = [
        {
            "shown": one,
            "title": marked(one.title, q),
            "excerpt": excerpt(bodies.get(one.information_id, ""), q) if q else [],
        }
        for one in found.rows
    ]
    total = sum(n for one, n in (await portal.count_by_category(session)).items() if not leaves or one in leaves)
    return await public_page(
        request, session, "disclosure/open_list.html", categories=categories, code=code, heading=heading, q=q,
        lines=lines, total=total, crumbs=_crumbs(categories, code), is_first=not cursor,
        next_href=Place(request.url.path, request.query_params, cursor=cursor).next_href(found),
    )  # fmt: skip


def _branch(categories: CategorySet, code: str) -> tuple[str, list[str]]:
    """Name and leaves of a class or a leaf.

    Raises:
        NotFound: The catalogue has neither.
    """
    for row in categories.classes:
        if row.code == code:
            return row.name, [leaf.code for leaf in row.items]
    for leaf in categories.leaves:
        if leaf.code == code:
            return leaf.name, [code]
    raise NotFound("目录中没有这一类，可能已经调整。")


def _tree(categories: CategorySet, code: str) -> list[dict[str, Any]]:
    """The catalogue; the class that is open shows its leaves."""
    return [
        {
            "href": f"/open/categories/{row.code}",
            "name": row.name,
            "current": row.code == code,
            "children": [
                {"href": f"/open/categories/{leaf.code}", "name": leaf.name, "current": leaf.code == code}
                for leaf in row.items
            ]
            if code in {row.code, *(leaf.code for leaf in row.items)}
            else [],
        }
        for row in categories.classes
    ]


def _crumbs(categories: CategorySet, code: str) -> list[tuple[str, str]]:
    trail = [("首页", "/open/")]
    for row in categories.classes:
        if row.code == code:
            return [*trail, (row.name, "")]
        for leaf in row.items:
            if leaf.code == code:
                return [*trail, (row.name, f"/open/categories/{row.code}"), (leaf.name, "")]
    return []


def laid_out(rows: list[HeaderRow]) -> list[tuple[HeaderRow, bool]]:
    """The header's rows, each with whether it takes a whole line; a row left alone on its line does too."""
    placed: list[tuple[HeaderRow, bool]] = []
    is_alone = False
    for row in rows:
        is_wide = row.field in _WIDE
        if is_wide and is_alone:
            placed[-1] = (placed[-1][0], True)
        is_alone = not is_wide and not is_alone
        placed.append((row, is_wide))
    if is_alone:
        placed[-1] = (placed[-1][0], True)
    return placed
