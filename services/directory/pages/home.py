"""The home page: what each service has for this officer to do, all of it at once, the most pressing first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.directory import store
from services.directory.pages.standing import Trouble, list_troubles
from services.directory.policy.administration import Administration, may
from services.directory.policy.neighbours import Direction
from services.kernel.language.calendar import WorkingDays, local_date
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.agenda import MOST_TASKS, Agenda, Card, Task, in_order
from services.kernel.runtime.pages.navigation import NavItem, navigation
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Context, Me, Now, Officer, Reading, edge_router
from services.kernel.runtime.web.insiders import ask

router = edge_router()
log = structlog.get_logger()

BUDGET_S = 0.5
_NOTHING_THERE = 404
_NEWS_SHOWN = 6


@dataclass(frozen=True)
class Day:
    """Everything that waits for one officer; `away` are the services that did not answer."""

    agendas: list[Agenda]
    away: list[NavItem]
    own: list[Card]

    @property
    def cards(self) -> list[Card]:
        """The cards of all services, what waits before what is empty."""
        found = [*self.own, *(card for agenda in self.agendas for card in agenda.cards)]
        return sorted(found, key=lambda card: (not card.is_urgent or not card.count, not (card.count or card.shown)))

    @property
    def has_work(self) -> bool:
        """Whether something is to be done, or nobody knows."""
        return bool(self.away) or any(card.count or card.shown for card in self.cards)

    @property
    def tasks(self) -> list[Task]:
        """What is to be done first, of all services."""
        return in_order(task for agenda in self.agendas for task in agenda.tasks)

    @property
    def parts(self) -> dict[str, Any]:
        """What the templates show of it."""
        news = sorted((one for agenda in self.agendas for one in agenda.news), key=lambda one: one.at, reverse=True)
        return {
            "cards": self.cards,
            "away": self.away,
            "has_work": self.has_work,
            "tasks": self.tasks[:MOST_TASKS],
            "today": [figure for agenda in self.agendas for figure in agenda.today],
            "news": news[:_NEWS_SHOWN],
        }

    @property
    def counts(self) -> dict[str, int]:
        """What the links of the navigation count."""
        return {card.menu: card.count for card in self.cards if card.menu}

    @property
    def hot(self) -> set[str]:
        """The links behind which something is urgent."""
        return {card.menu for card in self.cards if card.count and card.is_urgent}

    def alert(self) -> dict[str, Any] | None:
        """The emergency that must be acted on first, for the bar above every page."""
        urgent = [task for task in self.tasks if task.is_urgent]
        if not urgent:
            return None
        more = f"（共 {len(urgent)} 件）" if len(urgent) > 1 else ""
        first = urgent[0]
        return {"tag": f"{first.what}紧急信息", "what": first.title + more, "due_at": first.due, "href": first.href}


@router.get("/")
async def show_home(request: Request, context: Context, me: Me, reading: Reading, now: Now) -> Response:
    standing = await store.find_officer(reading, me.officer_id)
    if standing is not None and standing.is_password_initial:
        return RedirectResponse("/directory/password", status_code=303)
    day, troubles = await asyncio.gather(_day_of(request, context, me, reading), _troubles(request, context, me))
    request.state.nav_counts, request.state.nav_hot, request.state.alert = day.counts, day.hot, day.alert()
    return page(
        request,
        "directory/home.html",
        troubles=troubles,
        weekday="一二三四五六日"[local_date(now).weekday()],
        **day.parts,
        **await _beside(reading, context, now),
    )


@router.get("/todo")
async def show_todo(request: Request, context: Context, me: Me, reading: Reading) -> Response:
    day, troubles = await asyncio.gather(_day_of(request, context, me, reading), _troubles(request, context, me))
    return page(request, "directory/_todo.html", troubles=troubles, **day.parts)


@router.get("/todo/menu")
async def show_menu(request: Request, context: Context, me: Me, reading: Reading, at: str = "/") -> Response:
    """The navigation with its counts, and the bar of emergencies, for the page at a path; both fetch themselves again."""
    day = await _day_of(request, context, me, reading)
    nav = navigation(me.roles, context.node.level, path=at, counts=day.counts, hot=day.hot)
    return page(request, "directory/_menu.html", nav=nav, alert=day.alert())


async def _troubles(request: Request, context: ServiceContext, me: Officer) -> list[Trouble] | None:
    """What keeps facts from taking effect, for an administrator; None for all others."""
    return await list_troubles(context, request.state.token) if me.has(Role.ADMIN) else None


async def _day_of(request: Request, context: ServiceContext, me: Officer, reading: AsyncSession) -> Day:
    """Ask every service to which this officer's links lead, all at once."""
    doors: dict[str, NavItem] = {}
    for item in (item for group in navigation(me.roles, context.node.level) for item in group.items):
        service = item.href.split("/")[1]
        if service not in {"", "open", context.name}:
            doors.setdefault(service, item)
    asked = (_ask(context, request.state.token, service, me) for service in doors)
    answers = list(zip(doors.values(), await asyncio.gather(*asked), strict=True))
    return Day(
        agendas=[agenda for _, agenda in answers if agenda is not None],
        away=[link for link, agenda in answers if agenda is None],
        own=await _without_password(reading, me),
    )


async def _ask(context: ServiceContext, token: str, service: str, me: Officer) -> Agenda | None:
    """One service's agenda, in this process by a call; None when a service of another process did not answer in time."""
    try:
        if service in context.agendas:
            return await context.agendas[service](me)
        answer = await ask(context, service, "api/v1/agenda", within_s=BUDGET_S, token=token)
        if answer.status_code == _NOTHING_THERE:
            return Agenda()
        return Agenda.model_validate_json(answer.raise_for_status().content)
    except Exception as fault:  # noqa: BLE001 - what is wrong with one service must not take the page of all
        log.warning("directory.home.agenda_away", service=service, fault=repr(fault)[:200])
        return None


async def _without_password(session: AsyncSession, me: Officer) -> list[Card]:
    """The officers to whom an administrator has to give a password: after a restore some may have none."""
    if not may(me.roles, Administration.CHANGE_OFFICERS):
        return []
    count = await store.count_without_password(session)
    href, note = "/directory/officers?password=missing", "没有口令，不能登录"
    return [Card(what="重设口令", count=count, href=href, icon="info", unit="人", note=note)] if count else []


async def _beside(session: AsyncSession, context: ServiceContext, now: Now) -> dict[str, Any]:
    """What stands beside the to-dos: the node, its neighbours, the next days off."""
    peers = (await store.list_peers(session, active_only=True, limit=200)).rows
    today = local_date(now)
    return {
        "profile": await store.find_profile(session, context.node.node_id),
        "superiors": [peer for peer in peers if peer.direction == Direction.SUPERIOR],
        "subordinates": [peer for peer in peers if peer.direction == Direction.SUBORDINATE],
        "unusual_days": await store.list_unusual_days(session, today, count=4),
        "next_year": _year_to_come(await store.working_days(session), today.year),
    }


def _year_to_come(days: WorkingDays, year: int) -> int | None:
    """The first year from now on whose notice is not out."""
    unknown = [number for number in (year, year + 1) if number not in days.announced_years]
    return unknown[0] if unknown else None
