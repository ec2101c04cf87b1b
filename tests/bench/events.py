"""Events per second through outbox, broker, agent and inbox, beside a bare consumer that does the same inserts."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer
from sqlalchemy import func, insert, select

from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.surroundings.clock import utc_now
from tests.bench.figures import Figure, at_least
from tests.bench.surroundings import Surroundings
from tests.integration.kernel.toy import APPLIED, toy_service, unit
from tests.support.service import running_node

EVENTS = 6_000
KEYS = 400
A_TRANSACTION = 50
BATCH = 100


async def measure_events(around: Surroundings) -> list[Figure]:
    """Each database in turn."""
    figures: list[Figure] = []
    for kind in around.kinds:
        figures += await _measure(around, kind)
    return figures


async def _measure(around: Surroundings, kind: str) -> list[Figure]:
    settings = around.settings(kind)
    part = f"events {kind}"
    async with running_node([toy_service()], settings) as process:
        told_s = await _tell(process)
    async with running_node([toy_service()], settings, with_agents=True) as process:
        database = process.contexts["directory"].database
        began_cpu_s = time.process_time()
        chain_s = await _first_to_last(lambda: _count(database))
        chain_cpu_s = (time.process_time() - began_cpu_s) / EVENTS
    async with running_node([toy_service()], settings) as process:
        database = process.contexts["directory"].database
        topic = settings.topic("directory.unit")
        began_cpu_s = time.process_time()
        bare_s = await _bare(settings.kafka, topic, database, bulk=False)
        bare_cpu_s = (time.process_time() - began_cpu_s) / EVENTS
        bulk_s = await _bare(settings.kafka, topic, database, bulk=True)
    chain, bare, bulk = (1 / seconds for seconds in (chain_s, bare_s, bulk_s))
    return [
        Figure(part, f"told, {A_TRANSACTION} a transaction", EVENTS / told_s, "facts/s"),
        Figure(part, "outbox → broker → agent → inbox", chain, "events/s"),
        Figure(part, "bare consumer, one INSERT an event", bare, "events/s"),
        Figure(part, "bare consumer, one INSERT a batch", bulk, "events/s"),
        at_least(part, "chain against bare, the same INSERTs", chain / bare, "×", 0.5),
        Figure(part, "chain against bare, one INSERT a batch", chain / bulk, "×"),
        Figure(part, "processor time of the chain", chain_cpu_s * 1e6, "µs an event"),
        Figure(part, "processor time of the bare consumer", bare_cpu_s * 1e6, "µs an event"),
    ]


async def _tell(process: NodeProcess) -> float:
    context = process.contexts["directory"]
    began = time.perf_counter()
    for start in range(0, EVENTS, A_TRANSACTION):
        async with context.database.transaction(utc_now()) as tx:
            for n in range(start, start + A_TRANSACTION):
                tx.tell(unit(f"k{n % KEYS}", f"第{n}号单位，名称用来占一些地方" * 8))
    return time.perf_counter() - began


async def _count(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(APPLIED))).scalar_one())


async def _first_to_last(count: Callable[[], Any]) -> float:
    """Seconds per event between the first look that sees some and the one that sees all."""
    first: tuple[float, int] | None = None
    give_up_at = time.monotonic() + 90
    while time.monotonic() < give_up_at:
        seen = await count()
        if seen and first is None:
            first = (time.perf_counter(), seen)
        if first and seen >= EVENTS:
            return (time.perf_counter() - first[0]) / max(seen - first[1], 1)
        await asyncio.sleep(0.1)
    raise TimeoutError("the events were not all applied")


async def _bare(kafka: str, topic: str, database: Database, *, bulk: bool) -> float:
    """Seconds per event of a consumer that only inserts, in transactions of up to BATCH, and commits."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, group_id=f"bare-{bulk}-{database.node.node_id}", enable_auto_commit=False,
        auto_offset_reset="earliest",
    )  # fmt: skip
    await consumer.start()
    try:
        done = 0
        began = 0.0
        while done < EVENTS:
            got = [
                one for many in (await consumer.getmany(max_records=BATCH, timeout_ms=1000)).values() for one in many
            ]
            if not got:
                continue
            began = began or time.perf_counter()
            await _insert(database, [(one.key.decode(), json.loads(one.value)["name"]) for one in got], bulk=bulk)
            await consumer.commit()
            done += len(got)
        return (time.perf_counter() - began) / done
    finally:
        await consumer.stop()


async def _insert(database: Database, rows: Sequence[tuple[str, str]], *, bulk: bool) -> None:
    async with database.transaction(utc_now()) as tx:
        if bulk:
            await tx.session.execute(insert(APPLIED), [{"key": key, "name": name} for key, name in rows])
            return
        for key, name in rows:
            await tx.session.execute(insert(APPLIED).values(key=key, name=name))
