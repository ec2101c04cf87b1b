"""What programs and other services' pages ask about waiting facts: the list, how the service stands, one key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import func, select

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.keeping.listeners import list_late
from services.kernel.runtime.keeping.pacing import last_round_at
from services.kernel.runtime.pages.event_desk.reading import describe
from services.kernel.runtime.pages.event_desk.views import DelayView, KeptForView, ProgressView, WaitingEventView
from services.kernel.runtime.pages.event_desk.wording import cause_of, explain
from services.kernel.runtime.pages.listing import Cursor
from services.kernel.runtime.pages.paging import Order, Part
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import INBOX_WAITING as WAITING
from services.kernel.runtime.telling.inbox import waiting
from services.kernel.runtime.telling.progress import Watcher
from services.kernel.runtime.telling.progress.asking import TellerSilent
from services.kernel.runtime.telling.progress.judging import WAITS_HERE, Unapplied
from services.kernel.runtime.telling.setting_aside import count_aside
from services.kernel.runtime.web.dependencies import Me, Now, Reading, edge_router
from services.kernel.runtime.web.views import Page

PAGE_SIZE = 50
_OLDEST = Order(WAITING.c.id)
LATE_S = 60.0
"""A fact that is on its way for less than this is no news for anybody."""


def desk_api(service: Service) -> APIRouter:
    """JSON about what waits in one service."""
    router = edge_router()

    @router.get("/api/v1/events")
    async def list_waiting_events(
        request: Request, session: Reading, me: Me, cursor: Cursor = ""
    ) -> Page[WaitingEventView]:
        me.require(Role.ADMIN)
        found = await part_waiting(session, cursor=cursor)
        items = await describe(session, service.name, found.rows, asked_again(request))
        return Page[WaitingEventView](items=[WaitingEventView(**item) for item in items], next=found.next)

    @router.get("/api/v1/progress", response_model_exclude_unset=True)
    async def show_progress(request: Request, session: Reading, me: Me, now: Now) -> ProgressView:
        """How this service stands: what waits here, and what was told for it and has not come."""
        me.require(Role.ADMIN)
        by_kind = select(WAITING.c.kind, func.count(), func.min(WAITING.c.since)).group_by(WAITING.c.kind)
        kinds = {kind: {"count": count, "since": since} for kind, count, since in await session.execute(by_kind)}
        if waiting.PARKED in kinds:
            kinds[waiting.PARKED]["why"] = await _why_parked(session, service.name)
        count, since = await count_aside(session)
        kinds |= {"aside": {"count": count, "since": since}} if count else {}
        kept_for = await _list_kept_for(session, request.app.state.context.settings.outbox_keep_days)
        watched = _watched(request, now)
        return ProgressView(service=service.name, title=service.title, kinds=kinds, kept_for=kept_for, **watched)

    @router.get("/api/v1/waiting/{key}")
    async def show_waiting(request: Request, key: str, session: Reading, me: Me, now: Now) -> DelayView:
        """Whether a fact about `key` waits here or is late, how many and since when; nothing of what it says."""
        topics = list(_full_topics(request, service))
        consumers = [f"{service.name}.{lane}" for lane in ("urgent", "routine")]
        query = select(func.count(), func.min(WAITING.c.since)).where(
            WAITING.c.consumer.in_(consumers), WAITING.c.topic.in_(topics), WAITING.c.key == key
        )
        count, since = (await session.execute(query)).one()
        behind = await _behind(request, key)
        late = [one.told.told_at for one in behind if (now - one.told.told_at).total_seconds() > LATE_S]
        oldest = min([*late, *([since] if since else [])], default=None)
        return DelayView(count=count + len(late), since=oldest)

    return router


async def part_waiting(session: AsyncSession, *, cursor: str, kind: str = "") -> Part[Any]:
    """A page of what waits, oldest first."""
    query = select(WAITING).where(WAITING.c.kind == kind) if kind else select(WAITING)
    return await _OLDEST.read(session, query, cursor=cursor, limit=PAGE_SIZE)


async def _list_kept_for(session: AsyncSession, keep_days: int) -> list[KeptForView]:
    """The listeners of this service for which content is kept beyond its time, a day's delay not counted."""
    judged_at = await last_round_at(session)
    if judged_at is None or not keep_days:
        return []
    late = await list_late(session, judged_at - timedelta(days=keep_days + 1))
    return [KeptForView(listener=one.listener, since=one.since) for one in late]


async def _why_parked(session: AsyncSession, service: str) -> str:
    """Why the first parked fact waits, in a sentence; the technical text stays on its own page."""
    first = select(WAITING.c.reason).where(WAITING.c.kind == waiting.PARKED).order_by(WAITING.c.since, WAITING.c.id)
    reason = (await session.execute(first.limit(1))).scalar_one()
    return explain(cause_of(waiting.PARKED, reason), service=service, reason=reason).headline


def asked_again(request: Request) -> dict[str, Any]:
    """Key → when a fact of it was last asked for again."""
    watcher = watcher_of(request)
    return {one.told.key: one.asked_at for one in watcher.list_behind() if one.asked_at} if watcher else {}


def watcher_of(request: Request) -> Watcher | None:
    """The service's watcher; None in a process that serves pages alone."""
    return getattr(request.app.state, "watcher", None)


async def _behind(request: Request, key: str) -> list[Unapplied]:
    """What of a key has not even come here; where a teller that must be asked is silent, what is known without it."""
    watcher = watcher_of(request)
    if watcher is None:
        return []
    try:
        found = await watcher.find_behind(key)
    except TellerSilent:
        found = list(watcher.list_behind(key))
    return [one for one in found if one.reason not in WAITS_HERE]


def _full_topics(request: Request, service: Service) -> list[str]:
    return [request.app.state.context.settings.topic(name) for name in service.listens_to]


def _watched(request: Request, now: Now) -> dict[str, Any]:
    watcher = watcher_of(request)
    if watcher is None:
        return {"is_watched": False, "late": 0, "late_since": None, "stands_still": False, "silent": []}
    late = [
        one.told.told_at
        for one in watcher.list_behind()
        if one.reason not in WAITS_HERE and (now - one.told.told_at).total_seconds() > LATE_S
    ]
    return {
        "is_watched": True,
        "late": len(late),
        "late_since": min(late, default=None),
        "stands_still": watcher.stands_still,
        "silent": sorted({one.teller for one in watcher.standings() if one.is_silent}),
    }
