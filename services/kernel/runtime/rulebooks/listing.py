"""The rulebooks of a node in one list: a service's own, and what the others answer."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

import httpx
import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ValidationError

from services.kernel.language.calendar import local_date
from services.kernel.language.refusal import NotPermitted
from services.kernel.language.rulebooks import Rulebook
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.pages.event_desk.pages import SERVICE_TITLES
from services.kernel.runtime.rulebooks.versions import list_versions, version_on
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.kernel.runtime.web.dependencies import Me, Now, Reading, edge_router
from services.kernel.runtime.web.identity import Officer
from services.kernel.runtime.web.insiders import ServiceAway, ask

log = structlog.get_logger()

KEEPERS = (Role.ADMIN, Role.STATISTICIAN)
"""Who keeps rules of some kind; each rulebook says which of them keeps it."""
_BUDGET_S = 5.0


class RulebookView(BaseModel):
    """One rulebook: the version in force (0 where none is), and from when on the next one holds."""

    service: str
    name: str
    title: str
    about: str
    version: int
    effective_from: date | None
    saved_by: str
    saved_at: datetime | None
    next_version: int | None
    next_from: date | None


class RulebookList(BaseModel):
    """The rulebooks of a service that the officer keeps."""

    title: str
    items: list[RulebookView]
    next: str | None = None


def listing_api(service: Service) -> APIRouter:
    """JSON about the rulebooks of one service."""
    router = edge_router()

    @router.get("/api/v1/rulebooks")
    async def list_rulebooks(me: Me, session: Reading, now: Now) -> RulebookList:
        require_keeper(me)
        return await list_own(service, session, me, now)

    return router


def require_keeper(me: Officer) -> None:
    """Refuse whoever keeps no rules of this node.

    Raises:
        NotPermitted: He sits elsewhere, or has none of the roles.
    """
    me.require(*KEEPERS)
    if me.unit_kind is not UnitKind.HEAD_OFFICE:
        raise NotPermitted


def may_keep(me: Officer, book: Rulebook[Any]) -> bool:
    """Whether the officer changes this rulebook: in the node's own office, with one of its roles."""
    return me.unit_kind is UnitKind.HEAD_OFFICE and me.has(*book.editors)


async def list_own(service: Service, session: AsyncSession, me: Officer, now: datetime) -> RulebookList:
    """The service's rulebooks that the officer keeps."""
    books = [book for book in service.rulebooks if may_keep(me, book)]
    items = [await _view(session, service.name, book, local_date(now)) for book in books]
    return RulebookList(title=service.title, items=items)


async def list_everywhere(
    service: Service, session: AsyncSession, context: ServiceContext, me: Officer, *, token: str, now: datetime
) -> list[tuple[str, RulebookList | None]]:
    """By its title what each service has for the officer, those with nothing left out; None where one does not answer."""
    others = [name for name in ALL_SERVICES if name != service.name]
    answers = dict(zip(others, await asyncio.gather(*(_ask(context, token, name) for name in others)), strict=True))
    answers[service.name] = await list_own(service, session, me, now)
    return [(SERVICE_TITLES[name], answers[name]) for name in ALL_SERVICES if _is_news(answers.get(name))]


def _is_news(answer: RulebookList | None) -> bool:
    return answer is None or bool(answer.items)


async def _ask(context: ServiceContext, token: str, service: str) -> RulebookList | None:
    """What another service of the node answers; None when it does not, nothing when the node has no such service."""
    try:
        answer = await ask(context, service, "api/v1/rulebooks", within_s=_BUDGET_S, token=token)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return RulebookList(title="", items=[])
        return RulebookList.model_validate_json(answer.content)
    except (ServiceAway, ValidationError) as fault:
        log.warning("rulebooks.service_away", service=service, fault=repr(fault)[:200])
        return None


async def _view(session: AsyncSession, service: str, book: Rulebook[Any], today: date) -> RulebookView:
    kept = await list_versions(session, book)
    held = version_on(kept, today)
    coming = [one for one in kept if one.effective_from > today]
    following = min(coming, key=lambda one: (one.effective_from, -one.version), default=None)
    return RulebookView(
        service=service,
        name=book.name,
        title=book.title,
        about=book.about,
        version=held.version if held else 0,
        effective_from=held.effective_from if held else None,
        saved_by=held.saved_by if held else "",
        saved_at=held.saved_at if held else None,
        next_version=following.version if following else None,
        next_from=following.effective_from if following else None,
    )
