"""The teller's side: what it has told, for listeners of its own node, and telling it once more when asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.kernel.runtime.keeping import listeners
from services.kernel.runtime.telling.progress import told
from services.kernel.runtime.web.dependencies import Context, Now, Reading, Tx, asked_first, edge_router
from services.kernel.runtime.web.insiders import Insider, calling_service

log = structlog.get_logger()

PLACES = 200
AGAIN = 500
BUSY_ABOVE = 2000
"""While so many facts wait to leave, none is told again: the road is full already."""

Topics = Annotated[list[str], Query(alias="topic", max_length=40)]


class Above(BaseModel):
    """Which facts: (full topic, key, number above which)."""

    places: list[tuple[str, str, int]] = Field(max_length=PLACES)


class Chosen(BaseModel):
    """Which rows of the outbox."""

    ids: list[int] = Field(max_length=told.PAGE)


class Applied(BaseModel):
    """The row of the outbox up to which everything took effect at the one who says so."""

    reached: int = Field(ge=0, lt=2**62)


def telling_router() -> APIRouter:
    """What listeners of the same node ask a teller; nobody else finds these addresses."""
    router = edge_router(prefix="/internal", include_in_schema=False)

    @router.get("/told")
    async def list_told(session: Reading, caller: Insider, topic: Topics, after: int = 0) -> dict[str, Any]:
        rows, last = await told.list_told(session, set(topic), after=after)
        return {"rows": [row.to_wire() for row in rows], "last": last}

    @router.get("/told/newest")
    async def show_newest(session: Reading, caller: Insider) -> dict[str, int]:
        return {"id": await told.newest_id(session)}

    @router.post("/told/rows")
    @asked_first(calling_service)
    async def list_rows(chosen: Chosen, session: Reading, caller: Insider) -> dict[str, Any]:
        return {"rows": [row.to_wire() for row in await told.list_by_id(session, chosen.ids)]}

    @router.post("/told/above")
    @asked_first(calling_service)
    async def list_above(above: Above, session: Reading, caller: Insider) -> dict[str, Any]:
        return {"rows": [row.to_wire() for row in await told.list_above(session, above.places)]}

    @router.get("/counters")
    async def list_counters(
        session: Reading, caller: Insider, topic: Topics, after_topic: str = "", after_key: str = ""
    ) -> dict[str, Any]:
        return {"counters": await told.list_counters(session, topic, after=(after_topic, after_key))}

    @router.post("/told/again")
    @asked_first(calling_service)
    async def tell_again(chosen: Chosen, tx: Tx, now: Now, context: Context, caller: Insider) -> dict[str, int]:
        if await told.count_unpublished(tx.session) > BUSY_ABOVE:
            return {"count": 0}
        ids = chosen.ids[:AGAIN]
        still_on_its_way = timedelta(seconds=context.settings.ask_again_after_s / 2)
        count = await told.publish_again(tx.session, ids, published_before=now - still_on_its_way)
        if count:
            tx.audit("outbox.republished", "*", by=None, details={"asked_by": caller, "ids": ids[:20], "count": count})
            tx.after_commit(context.database.told.set)
            log.warning("outbox.facts.asked_again", service=context.name, asked_by=caller, count=count)
        return {"count": count}

    @router.post("/told/applied")
    @asked_first(calling_service)
    async def note_applied(applied: Applied, tx: Tx, caller: Insider) -> dict[str, Any]:
        await listeners.note_applied(tx, caller, applied.reached)
        return {}

    return router
