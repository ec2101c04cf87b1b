"""The event desk's pages: what waits in a service's inbox, to be looked at, repaired and replayed by an administrator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.event_desk.api import asked_again, desk_api, part_waiting, watcher_of
from services.kernel.runtime.pages.event_desk.aside import aside_router, describe_aside
from services.kernel.runtime.pages.event_desk.reading import describe, describe_behind
from services.kernel.runtime.pages.listing import Cursor, Place
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.service import Service
from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.kernel.runtime.telling.administration import repair_event, replay_event
from services.kernel.runtime.telling.delays import PATIENT_S, find_delay
from services.kernel.runtime.telling.inbox import waiting
from services.kernel.runtime.telling.progress.judging import WAITS_HERE
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import (
    Context,
    LiveMe,
    Me,
    Now,
    Reading,
    Tx,
    asked_first,
    edge_router,
    of_officer,
)
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

if TYPE_CHECKING:
    from services.kernel.runtime.storing.session import AsyncSession

SERVICE_TITLES = {
    "directory": "机构人员", "intake": "报送", "review": "审核采用", "disclosure": "公开", "stats": "考核统计", "exchange": "交换",
}  # fmt: skip
BEHIND_SHOWN = 200

Kind = Literal["", "parked", "held", "behind", "aside"]


class Repair(BaseModel):
    """What a waiting event's data is to be."""

    body: Annotated[str, Field(min_length=1, max_length=1_000_000, title="原文")]


class ReplayFailed(Refusal):
    """重放没有成功，记录仍在搁置。"""

    code = "replay_failed"
    message = "重放没有成功，记录仍在搁置。"


def desk_router(service: Service) -> APIRouter:
    """Pages and API of one service's waiting events."""
    router = edge_router()

    @router.get("/events", include_in_schema=False)
    async def list_events(
        request: Request, session: Reading, me: Me, now: Now, *, cursor: Cursor = "", kind: Kind = ""
    ) -> Response:
        me.require(Role.ADMIN)
        found, place = Part[Any]([]), Place(f"/{service.name}/events", {"kind": kind}, cursor=cursor)
        if kind not in {"behind", "aside"}:
            found = await part_waiting(session, kind=kind, cursor=cursor)
        return page(
            request,
            "kernel/events.html",
            service=service.name,
            title=service.title,
            rows=await describe(session, service.name, found.rows, asked_again(request)),
            behind=_behind(request, service, now) if kind in ("", "behind") else [],
            aside=await describe_aside(session) if kind in ("", "aside") else [],
            is_watched=watcher_of(request) is not None,
            next_href=place.next_href(found),
            first_href=place.first_href,
            tabs=_tabs(service.name),
            kinds=_kinds(service.name, kind),
        )

    @router.get("/delay/{key}", include_in_schema=False)
    async def show_delay(request: Request, key: str, _me: Me) -> Response:
        return page(request, "kernel/_delay.html", delay=await find_delay(request, key, within_s=PATIENT_S))

    @router.get("/events/{waiting_id}", include_in_schema=False)
    async def show_event(request: Request, waiting_id: int, session: Reading, me: Me) -> Response:
        me.require(Role.ADMIN)
        return await _event_page(request, service, session, waiting_id, Typed())

    async def show_again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
        return await _event_page(request, service, session, named_in(request, "waiting_id", int), typed)

    @router.post("/events/{waiting_id}/repair", include_in_schema=False)
    @comes_back(show_again)
    @asked_first(of_officer(lambda me: me.require(Role.ADMIN)))
    async def repair(request: Request, waiting_id: int, tx: Tx, me: LiveMe) -> Response:
        me.require(Role.ADMIN)
        repair = await read_form(request, Repair)
        await repair_event(tx, waiting_id, repair.body.encode("utf-8", "replace"), by=me.ref)
        return back_to(f"/{service.name}/events/{waiting_id}", "已保存，可以重放。")

    @router.post("/events/{waiting_id}/replay", include_in_schema=False)
    async def replay(waiting_id: int, context: Context, me: LiveMe) -> Response:
        me.require(Role.ADMIN)
        try:
            await replay_event(service, context, waiting_id)
        except Refusal:
            raise
        except Exception as fault:
            raise ReplayFailed(f"重放没有成功，记录仍在搁置：{str(fault)[:200]}") from fault
        return back_to(f"/{service.name}/events", "已重放，等在它后面的记录也已处理。")

    router.include_router(aside_router(service))
    router.include_router(desk_api(service))
    return router


def _tabs(name: str) -> list[dict[str, Any]]:
    return [{"href": f"/{one}/events", "label": SERVICE_TITLES[one], "current": one == name} for one in ALL_SERVICES]


def _kinds(name: str, kind: Kind) -> list[dict[str, Any]]:
    labels = {"": "全部", "parked": "搁置", "held": "等前一条", "behind": "还没收到", "aside": "发不出去"}
    return [
        {"href": f"/{name}/events" + (f"?kind={one}" if one else ""), "label": label, "current": one == kind}
        for one, label in labels.items()
    ]


def _behind(request: Request, service: Service, now: Now) -> list[dict[str, Any]]:
    """What was told for this service a minute ago or more and is not here."""
    watcher = watcher_of(request)
    late = [one for one in watcher.list_behind() if one.reason not in WAITS_HERE] if watcher else []
    shown = [one for one in late if (now - one.told.told_at).total_seconds() > 60][:BEHIND_SHOWN]
    return [describe_behind(service.name, one) for one in shown]


async def _event_page(
    request: Request, service: Service, session: AsyncSession, waiting_id: int, typed: Typed
) -> Response:
    row = await waiting.find(session, waiting_id)
    if row is None:
        raise NotFound
    [shown] = await describe(session, service.name, [row], asked_again(request))
    return page(
        request,
        "kernel/event.html",
        status_code=typed.status,
        service=service.name,
        title=service.title,
        row=shown,
        body=typed.get("body", _pretty(bytes(row.body))),
        error=typed.errors.get("body") or typed.message,
        is_parked=row.kind == waiting.PARKED and row.key is not None,
    )


def _pretty(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=1)
    except ValueError:
        return body.decode("utf-8", "backslashreplace")
