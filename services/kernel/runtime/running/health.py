"""What operators ask a node: alive, ready (each dependency named), version and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select, text

from services.kernel.language.moments import age_s
from services.kernel.runtime.keeping.backup.taking import last_backup_at
from services.kernel.runtime.running.process import VERSION, NodeProcess
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.tables import INBOX_WAITING, OUTBOX
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.telling.inbox.waiting import HELD, PARKED

log = structlog.get_logger()

GAUGE_TIMEOUT_S = 2.0


def health_router(process: NodeProcess, services: Sequence[Service]) -> APIRouter:
    """`/livez`, `/readyz`, `/version` and `/metrics` of one process."""
    router = APIRouter()

    @router.get("/livez", include_in_schema=False)
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        found = {name: await _database_answers(context) for name, context in process.contexts.items()}
        agents = {
            f"{runner.service.name}.{lane}": lane in runner.agents and runner.agents[lane].is_assigned
            for runner in process.runners
            for lane in runner.inboxes
        }
        directory = {name: watcher.is_caught_up for name, watcher in process.watchers.items()}
        stands_still = [name for name, watcher in process.watchers.items() if watcher.stands_still]
        is_ready = all(found.values()) and all(directory.values()) and not stands_still
        body = {
            "ready": is_ready,
            "databases": found,
            "directory_read": directory,
            "progress": _progress(process),
            "agents": agents,
            "broker": all(agents.values()),
        }
        return JSONResponse(body, status_code=200 if is_ready else 503)

    @router.get("/version", include_in_schema=False)
    async def version() -> dict[str, Any]:
        return {"version": VERSION, "node": process.settings.node_id, "services": sorted(process.contexts)}

    @router.get("/metrics", include_in_schema=False)
    async def read_metrics() -> Response:
        for service in services:
            await _refresh(service, process.contexts[service.name])
        taken_at = last_backup_at(process.settings)
        metrics.BACKUP_TAKEN.labels(process.settings.node_id).set(taken_at.timestamp() if taken_at else 0)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _progress(process: NodeProcess) -> dict[str, dict[str, Any]]:
    """Per listener and teller: what was told and has not taken effect, since when and why."""
    found: dict[str, dict[str, Any]] = {}
    for name, watcher in process.watchers.items():
        now = watcher.context.clock()
        for one in watcher.standings():
            found.setdefault(f"{name}.{one.lane}", {})[one.teller] = one.as_words(now)
    return found


async def _database_answers(context: ServiceContext) -> bool:
    try:
        async with context.database.reading() as session:
            await asyncio.wait_for(session.execute(text("SELECT 1")), GAUGE_TIMEOUT_S)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the database does not answer
        log.warning("health.database.away", service=context.name, fault=repr(fault)[:200])
        return False
    return await context.database.can_write()


async def _refresh(service: Service, context: ServiceContext) -> None:
    """Set the gauges of one service; a database that is away leaves the last values."""
    try:
        await asyncio.wait_for(_kernel_gauges(context), GAUGE_TIMEOUT_S)
        if service.gauges:
            await asyncio.wait_for(service.gauges(context), GAUGE_TIMEOUT_S)
    except Exception as fault:  # noqa: BLE001 - metrics must answer while parts are away
        log.warning("health.gauges.stale", service=context.name, fault=repr(fault)[:200])


async def _kernel_gauges(context: ServiceContext) -> None:
    where = (context.node.node_id, context.name)
    async with context.database.reading() as session:
        waiting = select(func.count(), func.min(OUTBOX.c.told_at)).where(
            OUTBOX.c.published_at.is_(None), OUTBOX.c.aside_reason.is_(None)
        )
        count, oldest = (await session.execute(waiting)).one()
        aside = select(func.count()).where(OUTBOX.c.aside_reason.is_not(None), OUTBOX.c.published_at.is_(None))
        metrics.OUTBOX_ASIDE.labels(*where).set((await session.execute(aside)).scalar_one())
        by_kind = select(INBOX_WAITING.c.kind, func.count(), func.min(INBOX_WAITING.c.since)).group_by(
            INBOX_WAITING.c.kind
        )
        kinds = {kind: (number, since) for kind, number, since in await session.execute(by_kind)}
    now = context.clock()
    metrics.OUTBOX_UNPUBLISHED.labels(*where).set(count)
    metrics.OUTBOX_UNPUBLISHED_AGE.labels(*where).set(age_s(now, oldest))
    metrics.INBOX_PARKED.labels(*where).set(kinds.get(PARKED, (0, None))[0])
    held, since = kinds.get(HELD, (0, None))
    metrics.INBOX_HELD.labels(*where).set(held)
    metrics.INBOX_HELD_AGE.labels(*where).set(age_s(now, since))
