"""The administrator's pages of the rulebooks: which there are, what holds, what held, and the next version."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.kernel.language.calendar import local_date
from services.kernel.language.refusal import NotFound, NotPermitted, Refusal
from services.kernel.language.rulebooks import Rulebook
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.rulebooks.foreseeing import changed_lines, foresee
from services.kernel.runtime.rulebooks.listing import list_everywhere, listing_api, may_keep, require_keeper
from services.kernel.runtime.rulebooks.saving import read_apart, save_version
from services.kernel.runtime.rulebooks.typed import NextVersion, edit_page
from services.kernel.runtime.rulebooks.versions import Version, find_version, list_versions, version_on
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.asking import Ask, officer_asking
from services.kernel.runtime.web.dependencies import (
    Begin,
    Context,
    LiveMe,
    Me,
    Now,
    Officer,
    Reading,
    asked_first,
    edge_router,
)
from services.kernel.runtime.web.forms import Typed, comes_back, read_form


def rulebooks_router(service: Service) -> APIRouter:
    """Pages and API of one service's rulebooks; every service has the page that lists the whole node's."""
    router = edge_router()
    pages = edge_router(prefix="/rulebooks", include_in_schema=False)

    @pages.get("")
    async def list_rulebooks(request: Request, me: Me, session: Reading, context: Context, *, now: Now) -> Response:
        require_keeper(me)
        sections = await list_everywhere(service, session, context, me, token=request.state.token, now=now)
        return page(request, "kernel/rulebooks.html", sections=sections)

    @pages.get("/{name}")
    async def show_rulebook(
        request: Request, name: str, me: Me, session: Reading, *, now: Now, version: Annotated[int, Query(ge=0)] = 0
    ) -> Response:
        book = _book(service, me, name)
        shown = await find_version(session, book, version) if version else None
        return page(
            request,
            "kernel/rulebook.html",
            service=service,
            book=book,
            **await _read(session, book, shown, today=local_date(now)),
        )

    @pages.get("/{name}/edit")
    async def edit_rulebook(
        request: Request,
        name: str,
        me: Me,
        session: Reading,
        *,
        now: Now,
        of: Annotated[int, Query(ge=0, alias="from")] = 0,
    ) -> Response:
        book = _book(service, me, name)
        new = await _begun(session, book, of, today=local_date(now))
        return await edit_page(request, service, book, new, session=session)

    async def show_again(request: Request, session: AsyncSession, typed: Typed, refusal: Refusal) -> Response:
        book, new = _book(service, request.state.officer, request.path_params["name"]), NextVersion.again(typed)
        return await edit_page(request, service, book, new, session=session, refusal=refusal)

    @pages.post("/{name}/preview")
    @comes_back(show_again)
    @asked_first(_keeping(service))
    async def preview_rulebook(request: Request, name: str, me: Me, session: Reading, *, now: Now) -> Response:
        book, new = _book(service, me, name), await read_form(request, NextVersion)
        return await _previewed(request, service, book, new, session=session, now=now)

    @pages.post("/{name}")
    @comes_back(show_again)
    @asked_first(_keeping(service))
    async def save_rulebook(
        request: Request, name: str, me: LiveMe, begin: Begin, session: Reading, *, now: Now
    ) -> Response:
        book, new = _book(service, me, name), await read_form(request, NextVersion)
        if not new.was_seen:
            return await _previewed(request, service, book, new, session=session, now=now, status=409)
        rules = await read_apart(book, new.text)
        saved = await save_version(await begin(), book, service.hooks_of(book), new.draft(book), by=me.ref, rules=rules)
        since = "现在" if saved.effective_from <= local_date(now) else f"自 {saved.effective_from:%Y-%m-%d} "
        said = f"已保存《{book.title}》第{saved.version}版，{since}起执行。"
        return back_to(f"/{service.name}/rulebooks/{book.name}?version={saved.version}&saved=1", said)

    router.include_router(pages)
    router.include_router(listing_api(service))
    return router


def _keeping(service: Service) -> Ask:
    """Ask whether the officer keeps the rulebook that the address names."""

    async def ask(request: Request) -> None:
        _book(service, await officer_asking(request), request.path_params["name"])

    return ask


def _book(service: Service, me: Officer, name: str) -> Rulebook[Any]:
    """The rulebook of this name.

    Raises:
        NotPermitted: The officer keeps no rules, or not these.
        NotFound: The service has none of this name.
    """
    require_keeper(me)
    found = [book for book in service.rulebooks if book.name == name]
    if not found:
        raise NotFound
    if not may_keep(me, found[0]):
        raise NotPermitted
    return found[0]


async def _previewed(
    request: Request, service: Service, book: Rulebook[Any], new: NextVersion, *, session: AsyncSession, now: datetime,
    status: int = 200,
) -> Response:  # fmt: skip
    """The page with what the change would do."""
    foreseen = await foresee(session, book, service.hooks_of(book), new.draft(book), now)
    return await edit_page(request, service, book, new, session=session, foreseen=foreseen, status=status)


async def _read(session: AsyncSession, book: Rulebook[Any], shown: Version | None, *, today: date) -> dict[str, Any]:
    """A version with what it changed, among all versions."""
    kept = await list_versions(session, book)
    in_force = version_on(kept, today)
    shown = shown or in_force or kept[0]
    before = max((one for one in kept if one.version < shown.version), key=lambda one: one.version, default=None)
    return {
        "shown": shown,
        "in_force": in_force,
        "versions": sorted(kept, key=lambda one: -one.version),
        "before": before,
        "changes": await changed_lines(before.text, shown.text) if before else [],
        "today": today,
    }


async def _begun(session: AsyncSession, book: Rulebook[Any], of: int, *, today: date) -> NextVersion:
    """The form as it stands before anybody typed: from the version in force, or from the one that is to return."""
    kept = await list_versions(session, book)
    start = await find_version(session, book, of) if of else version_on(kept, today) or kept[0]
    text = start.text
    if book.redraft is not None:
        text = book.redraft(text, [book.read(one.text) for one in kept], today)
    return NextVersion.model_construct(
        text=text,
        effective_from=max(today, start.effective_from).isoformat(),
        note=f"恢复第{of}版" if of and start.effective_from <= today else "",
        version=str(max(one.version for one in kept)),
    )
