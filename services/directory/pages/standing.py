"""Whether all facts take effect, for the administrator's home page: asked of every service, half a second each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import structlog
from fastapi import Request, Response

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.event_desk.pages import SERVICE_TITLES
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.kernel.runtime.web.dependencies import Context, Me, edge_router
from services.kernel.runtime.web.insiders import ServiceAway, ask

router = edge_router()
log = structlog.get_logger()

BUDGET_S = 0.5


@dataclass(frozen=True)
class Trouble:
    """One thing that keeps facts of a service from taking effect, as the administrator reads it."""

    service: str
    text: str
    href: str
    tone: str
    since: datetime | None = None


@router.get("/todo/standing")
async def show_standing(request: Request, context: Context, me: Me) -> Response:
    me.require(Role.ADMIN)
    return page(request, "directory/_standing.html", troubles=await list_troubles(context, request.state.token))


async def list_troubles(context: ServiceContext, token: str) -> list[Trouble]:
    """What keeps facts from taking effect, the worst first; empty when all is well."""
    said = await asyncio.gather(*(_ask(context, token, name) for name in ALL_SERVICES))
    answers = dict(zip(ALL_SERVICES, said, strict=True))
    found = [one for name, answer in answers.items() if answer for one in troubles_of(name, answer)]
    silent = [SERVICE_TITLES[name] for name, answer in answers.items() if answer is None]
    if silent:
        found.append(Trouble("未能读取", f"{'、'.join(silent)}暂时没有应答，稍后会再问", "/review/events", "amber"))
    return sorted(found, key=lambda one: one.tone != "red")


def troubles_of(service: str, said: dict[str, Any]) -> list[Trouble]:
    """What one service's answer means, in words."""
    title, desk = SERVICE_TITLES[service], f"/{service}/events"
    parked, held, aside = (said["kinds"].get(kind, {}) for kind in ("parked", "held", "aside"))
    found = []
    if said["stands_still"]:
        found.append(Trouble(title, "停住了，一条也没有处理，请重启本节点", f"{desk}?kind=behind", "red"))
    if parked:
        why = parked.get("why", "").rstrip("。")
        text = f"{parked['count']} 条处理不了，等您处理{f'：{why}' if why else ''}"
        found.append(Trouble(title, text, f"{desk}?kind=parked", "red", _instant(parked["since"])))
    if aside:
        text = f"{aside['count']} 条发不出去，等您处理"
        found.append(Trouble(title, text, f"{desk}?kind=aside", "red", _instant(aside["since"])))
    if held:
        text = f"{held['count']} 条在等前一条"
        found.append(Trouble(title, text, f"{desk}?kind=held", "amber", _instant(held["since"])))
    if said["late"]:
        text = f"{said['late']} 条已经发出，还没有收到"
        found.append(Trouble(title, text, f"{desk}?kind=behind", "amber", _instant(said["late_since"])))
    for late in said["kept_for"]:
        name = SERVICE_TITLES.get(late["listener"], late["listener"])
        text = f"“{name}”早该处理的还没有处理，到期的内容先为它留着"
        found.append(Trouble(title, text, f"/{late['listener']}/events?kind=behind", "red", _instant(late["since"])))
    if said["silent"]:
        tellers = "、".join(SERVICE_TITLES.get(name, name) for name in said["silent"])
        found.append(Trouble(title, f"问不到“{tellers}”发出过什么，有没有漏收暂时不知道", desk, "amber"))
    return found


async def _ask(context: ServiceContext, token: str, service: str) -> dict[str, Any] | None:
    """One service's answer: empty when the node has no such service, None when it gave none in time."""
    try:
        answer = await ask(context, service, "api/v1/progress", within_s=BUDGET_S, token=token)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return {}
        return dict(answer.raise_for_status().json())
    except (ServiceAway, httpx.HTTPError, ValueError) as fault:
        log.warning("directory.home.standing_away", service=service, fault=repr(fault)[:200])
        return None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
