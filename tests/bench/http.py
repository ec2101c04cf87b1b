"""Submissions per second over HTTP, created and submitted, beside the same row inserted bare."""

from __future__ import annotations

import asyncio
import multiprocessing
import time

import httpx
from sqlalchemy import insert, select

from deploy.kafka.process import free_ports
from services.intake.app import intake_service
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.running.serving import serve
from services.kernel.runtime.storing.database import Database, database_url
from services.kernel.runtime.storing.migrations import upgrade
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.web.tokens import ensure_key_pair
from tests.bench.figures import Figure, percentile
from tests.bench.node import processor_s
from tests.bench.surroundings import Surroundings
from tests.integration.intake.conftest import COMPLETE, ITEMS
from tests.support.service import officer, token_for

SUBMISSIONS = 400
AT_ONCE = 8


async def measure_http(around: Surroundings) -> list[Figure]:
    """Each database in turn."""
    figures: list[Figure] = []
    for kind in around.kinds:
        figures += await _measure(around, kind)
    return figures


async def _measure(around: Surroundings, kind: str) -> list[Figure]:
    settings = around.settings(kind, port=free_ports(1)[0])
    service = intake_service()
    database = Database(database_url(settings, "intake"), service="intake", node=settings.node)
    await upgrade(database, service.migrations)
    keys = ensure_key_pair(settings.data_dir / "keys" / "token.key")
    token = token_for(officer(Role.CLERK, unit=settings.node_id), keys, settings.node_id)
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(settings,), daemon=True)
    process.start()
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{settings.port}", headers={"Authorization": f"Bearer {token}"}, timeout=30
        ) as client:
            await _until_it_serves(client)
            began_cpu_s = processor_s(process.pid or 0)
            took_s, times_ms = await _submit_all(client)
            cpu_s = processor_s(process.pid or 0) - began_cpu_s
    finally:
        process.terminate()
        process.join(30)
    bare_s = await _bare(database)
    await database.close()
    part = f"http {kind}"
    over_http, bare = SUBMISSIONS / took_s, 1 / bare_s
    return [
        Figure(part, f"created and submitted, {AT_ONCE} at once", over_http, "submissions/s"),
        Figure(part, "both requests of one, p50", percentile(times_ms, 50), "ms"),
        Figure(part, "both requests of one, p95", percentile(times_ms, 95), "ms"),
        Figure(part, "processor time of the node", cpu_s / SUBMISSIONS * 1000, "ms a submission"),
        Figure(part, "the same row inserted bare, a transaction each", bare, "rows/s"),
        Figure(part, "over HTTP against bare", over_http / bare, "×"),
    ]


def _serve(settings: Settings) -> None:
    serve([intake_service()], settings)


async def _until_it_serves(client: httpx.AsyncClient) -> None:
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        try:
            if (await client.get("/livez")).status_code == 200:
                await asyncio.sleep(2)  # its agents join their groups
                return
        except httpx.TransportError:
            await asyncio.sleep(0.2)
    raise TimeoutError("the node did not come up")


async def _submit_all(client: httpx.AsyncClient) -> tuple[float, list[float]]:
    left = iter(range(SUBMISSIONS))
    times_ms: list[float] = []

    async def submit_some() -> None:
        for n in left:
            began = time.perf_counter()
            made = await client.post(ITEMS, json=COMPLETE | {"title": f"龙潭乡反映：第{n}号泵站老化"})
            made.raise_for_status()
            done = await client.post(f"{ITEMS}/{made.json()['origin_id']}/submit")
            done.raise_for_status()
            times_ms.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(submit_some() for _ in range(AT_ONCE)))
    return time.perf_counter() - began, times_ms


async def _bare(database: Database) -> float:
    """Seconds per row: one of the submissions written again under other ids."""
    table = intake_service().metadata.tables["intake_submission"]
    async with database.reading() as session:
        row = dict((await session.execute(select(table).limit(1))).mappings().one())
    began = time.perf_counter()
    for _ in range(SUBMISSIONS):
        async with database.transaction(utc_now()) as tx:
            await tx.session.execute(insert(table).values(row | {"origin_id": new_id()}))
    return (time.perf_counter() - began) / SUBMISSIONS
