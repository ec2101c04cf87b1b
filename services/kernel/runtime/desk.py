"""The event desk: what waits in a service's inbox, to be looked at, repaired and replayed by an administrator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.language.vocabulary import Role, TimelineMark
from services.kernel.runtime.administration import repair_event, replay_event
from services.kernel.runtime.inbox import waiting
from services.kernel.runtime.service import Service
from services.kernel.runtime.settings import ALL_SERVICES
from services.kernel.runtime.templating import back_to, page
from services.kernel.runtime.web import Context, LiveMe, Me, Reading, Tx, edge_router

if TYPE_CHECKING:
    from services.kernel.runtime.session import AsyncSession

PAGE_SIZE = 50
SERVICE_TITLES = {
    "directory": "机构人员", "intake": "报送", "review": "审核采用", "disclosure": "公开", "stats": "考核统计", "exchange": "交换",
}  # fmt: skip


class ReplayFailed(Refusal):
    """重放没有成功，记录仍在搁置。"""

    code = "replay_failed"
    message = "重放没有成功，记录仍在搁置。"


def desk_router(service: Service) -> APIRouter:
    """Pages and API of one service's waiting events."""
    router = edge_router()

    @router.get("/events", include_in_schema=False)
    async def list_events(request: Request, session: Reading, me: Me, after: int = 0) -> Response:
        me.require(Role.ADMIN)
        rows = await waiting.list_waiting(session, after_id=after, limit=PAGE_SIZE + 1)
        return page(
            request,
            "kernel/events.html",
            service=service.name,
            title=service.title,
            rows=[_view(row) for row in rows[:PAGE_SIZE]],
            next_href=f"/{service.name}/events?after={rows[PAGE_SIZE - 1].id}" if len(rows) > PAGE_SIZE else "",
            tabs=[
                {"href": f"/{name}/events", "label": SERVICE_TITLES[name], "current": name == service.name}
                for name in ALL_SERVICES
            ],
        )

    @router.get("/events/{waiting_id}", include_in_schema=False)
    async def show_event(request: Request, waiting_id: int, session: Reading, me: Me) -> Response:
        me.require(Role.ADMIN)
        return await _event_page(request, service, session, waiting_id)

    @router.post("/events/{waiting_id}/repair", include_in_schema=False)
    async def repair(
        request: Request, waiting_id: int, tx: Tx, me: LiveMe, body: Annotated[str, Form(max_length=1_000_000)]
    ) -> Response:
        me.require(Role.ADMIN)
        try:
            await repair_event(tx, waiting_id, body.encode("utf-8", "replace"), by=me.ref)
        except Refusal as refusal:
            return await _event_page(request, service, tx.session, waiting_id, typed=body, error=str(refusal))
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

    @router.get("/api/v1/events")
    async def list_waiting_events(session: Reading, me: Me, after: int = 0) -> dict[str, Any]:
        me.require(Role.ADMIN)
        rows = await waiting.list_waiting(session, after_id=after, limit=PAGE_SIZE + 1)
        following = str(rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else None
        return {"items": [_view(row) for row in rows[:PAGE_SIZE]], "next": following}

    return router


async def _event_page(
    request: Request,
    service: Service,
    session: AsyncSession,
    waiting_id: int,
    *,
    typed: str | None = None,
    error: str = "",
) -> Response:
    row = await waiting.find(session, waiting_id)
    if row is None:
        raise NotFound
    return page(
        request,
        "kernel/event.html",
        status_code=422 if error else 200,
        service=service.name,
        title=service.title,
        row=_view(row),
        body=typed if typed is not None else _pretty(bytes(row.body)),
        error=error,
        is_parked=row.kind == waiting.PARKED and row.key is not None,
    )


def _view(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_label": "搁置" if row.kind == waiting.PARKED else "等待前一条",
        "type": row.type or "",
        "type_label": _label(row.type or ""),
        "topic": row.topic,
        "key": row.key or "",
        "sequence": row.sequence,
        "reason": row.reason,
        "tries": row.tries,
        "since": row.since,
    }


def _label(type_: str) -> str:
    try:
        return TimelineMark(type_).label
    except ValueError:
        return type_ or "无法识别"


def _pretty(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=1)
    except ValueError:
        return body.decode("utf-8", "backslashreplace")
