"""The home page: what each service has for this officer to do, asked in parallel, half a second each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from fastapi import Request, Response
from markupsafe import Markup

from services.directory import store
from services.directory.pages.standing import Trouble, list_troubles
from services.directory.policy.administration import Administration, may
from services.directory.policy.neighbours import Direction
from services.kernel.language.calendar import WorkingDays, local_date
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.navigation import NavGroup, NavItem, navigation
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Context, Me, Now, Officer, Reading, edge_router

router = edge_router()
log = structlog.get_logger()

BUDGET_S = 0.5
_NOTHING_THERE = 404


@dataclass(frozen=True)
class Fragment:
    """What one service answered: list items to show as they are, or nothing when it did not answer."""

    link: NavItem
    html: Markup | None

    @property
    def owes(self) -> bool:
        """Whether something is to be done, or nobody knows."""
        return self.html is None or self.html.count("<li") > self.html.count("is-empty")


@router.get("/")
async def show_home(request: Request, context: Context, me: Me, reading: Reading, now: Now) -> Response:
    groups, token = navigation(me.roles, context.node.level), request.state.token
    fragments, troubles = await asyncio.gather(gather(context, token, groups), _troubles(context, token, me))
    return page(
        request,
        "directory/home.html",
        fragments=fragments,
        troubles=troubles,
        groups=groups,
        without_password=await _count_without_password(reading, me),
        weekday="一二三四五六日"[local_date(now).weekday()],
        **await _beside(reading, context, now),
    )


@router.get("/todo")
async def show_todo(request: Request, context: Context, me: Me, reading: Reading) -> Response:
    groups = navigation(me.roles, context.node.level)
    token, without_password = request.state.token, await _count_without_password(reading, me)
    fragments, troubles = await asyncio.gather(gather(context, token, groups), _troubles(context, token, me))
    return page(
        request, "directory/_todo.html", fragments=fragments, troubles=troubles, without_password=without_password
    )


async def _troubles(context: ServiceContext, token: str, me: Officer) -> list[Trouble] | None:
    """What keeps facts from taking effect, for an administrator; None for all others."""
    return await list_troubles(context, token) if me.has(Role.ADMIN) else None


async def gather(context: ServiceContext, token: str, groups: list[NavGroup]) -> list[Fragment]:
    """The fragments of the services to which this officer's links lead, in the order of the links."""
    doors: dict[str, NavItem] = {}
    for item in (item for group in groups for item in group.items):
        service = item.href.split("/")[1]
        if service not in {"", "open", context.name}:
            doors.setdefault(service, item)
    asked = (_ask(context, token, service, item) for service, item in doors.items())
    return [fragment for fragment in await asyncio.gather(*asked) if fragment is not None]


async def _ask(context: ServiceContext, token: str, service: str, link: NavItem) -> Fragment | None:
    """One service's fragment; None when it has none to offer."""
    try:
        # The client's own timeout does not hold inside the process.
        async with asyncio.timeout(BUDGET_S):
            answer = await context.http.get(
                f"/{service}/fragments/todo",
                headers={"Authorization": f"Bearer {token}", "Accept": "text/html"},
            )
    except (TimeoutError, httpx.HTTPError) as fault:
        log.warning("directory.home.fragment_away", service=service, fault=repr(fault)[:200])
        return Fragment(link, None)
    if answer.status_code == _NOTHING_THERE:
        return None
    if answer.status_code != httpx.codes.OK or "text/html" not in answer.headers.get("content-type", ""):
        log.warning("directory.home.fragment_away", service=service, status=answer.status_code)
        return Fragment(link, None)
    # Another service of this node rendered it with the same templates: it is markup, not input.
    return Fragment(link, Markup(answer.text))  # noqa: S704


async def _count_without_password(session: AsyncSession, me: Me) -> int:
    """How many officers an administrator has to give a password: after a restore some may have none."""
    return await store.count_without_password(session) if may(me.roles, Administration.CHANGE_OFFICERS) else 0


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
