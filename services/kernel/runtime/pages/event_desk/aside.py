"""Facts of this service that the broker does not take: tried again or given up by an administrator."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.event_desk.reading import type_label
from services.kernel.runtime.pages.templating import back_to
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.telling.setting_aside import give_up_aside, list_aside, retry_aside
from services.kernel.runtime.web.dependencies import LiveMe, Tx, edge_router


def aside_router(service: Service) -> APIRouter:
    """The two buttons of a fact that stands aside."""
    router = edge_router(prefix="/events/aside/{row_id}", include_in_schema=False)
    desk = f"/{service.name}/events?kind=aside"

    @router.post("/retry")
    async def retry(row_id: int, tx: Tx, me: LiveMe) -> Response:
        me.require(Role.ADMIN)
        await retry_aside(tx, row_id, by=me.ref)
        return back_to(desk, "将再发一次；仍发不出去的，会再出现在这里。")

    @router.post("/give-up")
    async def give_up(row_id: int, tx: Tx, me: LiveMe) -> Response:
        me.require(Role.ADMIN)
        await give_up_aside(tx, row_id, by=me.ref)
        return back_to(desk, "已放弃，后面的信息照常发出。")

    return router


async def describe_aside(session: AsyncSession) -> list[dict[str, Any]]:
    """The facts that stand aside, as the desk shows them."""
    return [
        {
            "id": row.id,
            "type_label": type_label(row.type),
            "key": row.key,
            "since": row.told_at,
            "behind": row.behind,
            "reason": row.aside_reason,
        }
        for row in await list_aside(session)
    ]
