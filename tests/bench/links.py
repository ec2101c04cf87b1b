"""Facts per second from node to node, ledgered, signed and receipted, beside a bare copy; and how long one takes."""

from __future__ import annotations

import asyncio
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from sqlalchemy import select

from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.telling.topics import create_topics
from tests.bench.figures import Figure, at_least, at_most, percentile
from tests.bench.surroundings import Surroundings
from tests.integration.exchange.two_nodes import Node, carrying, reported_up, two_nodes
from tests.support.waiting import eventually

FACTS = 6_000
A_TRANSACTION = 100
A_SECOND = 50
FOR_S = 8


async def measure_links(around: Surroundings) -> list[Figure]:
    """Each database in turn; both ends in this process, on one core."""
    figures: list[Figure] = []
    for kind in around.kinds:
        figures += await _measure(around, kind)
    return figures


async def _measure(around: Surroundings, kind: str) -> list[Figure]:
    part = f"links {kind}"
    folder = around.folder / f"links-{kind}"
    async with two_nodes(folder, lambda: around.url(kind), kafka=around.broker.bootstrap) as (township, district):
        dispatched_s = await _dispatch(township, district)
        began_cpu_s = time.process_time()
        carried_s = await _carry(township, district)
        carried_cpu_s = time.process_time() - began_cpu_s
        bodies = await _bodies(district)
        delays_ms = await _delays_ms(township, district)
    bare_s = await _bare_copy(around.broker.bootstrap, bodies)
    carried, bare = FACTS / carried_s, len(bodies) / bare_s
    size = sum(map(len, bodies)) / len(bodies)
    return [
        Figure(part, "size of a fact", size, "bytes"),
        Figure(part, f"written to the ledger, {A_TRANSACTION} a transaction", FACTS / dispatched_s, "facts/s"),
        Figure(part, "carried, verified, stored and receipted, both ends in one process", carried, "facts/s"),
        at_least(part, "the same per second of processor time", FACTS / carried_cpu_s, "facts/s", 5_000),
        Figure(part, "bare copy of the same messages", bare, "facts/s"),
        Figure(part, "carried against bare", carried / bare, "×"),
        Figure(part, f"commit to commit at {A_SECOND}/s, p50", percentile(delays_ms, 50), "ms"),
        at_most(part, f"commit to commit at {A_SECOND}/s, p99", percentile(delays_ms, 99), "ms", 150),
    ]


async def _dispatch(township: Node, district: Node) -> float:
    facts = [reported_up(township, district, new_id()) for _ in range(FACTS)]
    began = time.perf_counter()
    for start in range(0, FACTS, A_TRANSACTION):
        await township.tell(*facts[start : start + A_TRANSACTION])
    return time.perf_counter() - began


async def _carry(township: Node, district: Node) -> float:
    """From the first row that arrived to the receipt for the last."""

    async def receipted() -> int:
        row = await township.lane(township.name, district.name)
        return row.receipted_n if row is not None else 0

    async with carrying(township, district):
        while not await receipted():  # noqa: ASYNC110 - the ledger is what counts
            await asyncio.sleep(0.01)
        began, before = time.perf_counter(), await receipted()
        while await receipted() < FACTS:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return (time.perf_counter() - began) * FACTS / max(FACTS - before, 1)


async def _bodies(district: Node) -> list[bytes]:
    async with district.context.database.reading() as session:
        return list((await session.execute(select(OUTBOX.c.body).order_by(OUTBOX.c.id))).scalars())


async def _delays_ms(township: Node, district: Node) -> list[float]:
    """From the commit at one node to the commit at the other, fact by fact."""
    sent: dict[str, float] = {}
    arrived: dict[str, float] = {}
    stop = asyncio.Event()

    async def watch() -> None:
        last = 0
        while not stop.is_set():
            await district.context.database.told.wait()
            district.context.database.told.clear()
            now = time.perf_counter()
            async with district.context.database.reading() as session:
                query = select(OUTBOX.c.id, OUTBOX.c.event_id).where(OUTBOX.c.id > last).order_by(OUTBOX.c.id)
                for last, event_id in await session.execute(query):  # noqa: B007 - the last one is where we go on
                    arrived.setdefault(event_id, now)

    async with carrying(township, district):
        await eventually(lambda: _is_connected(township, district))
        watching = asyncio.create_task(watch())
        for _ in range(A_SECOND * FOR_S):
            (event_id,) = await township.tell(reported_up(township, district, new_id()))
            sent[event_id] = time.perf_counter()
            await asyncio.sleep(1 / A_SECOND)
        await eventually(lambda: _are_in(sent, arrived))
        stop.set()
        watching.cancel()
    return [(arrived[event_id] - at) * 1000 for event_id, at in sent.items()]


async def _is_connected(township: Node, district: Node) -> bool:
    row = await township.lane(township.name, district.name)
    return row is not None and row.connected_at is not None


async def _are_in(sent: dict[str, float], arrived: dict[str, float]) -> bool:
    return sent.keys() <= arrived.keys()


async def _bare_copy(kafka: str, bodies: list[bytes]) -> float:
    """From one topic to another, in order, acknowledged by all; nothing else."""
    source, target = (f"bare.{new_id().hex}" for _ in range(2))
    await asyncio.to_thread(create_topics, kafka, [source, target], partitions=1)
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=2)
    await producer.start()
    consumer = AIOKafkaConsumer(source, bootstrap_servers=kafka, auto_offset_reset="earliest")
    try:
        for body in bodies:
            await producer.send(source, body)
        await producer.flush()
        await consumer.start()
        began, copied = time.perf_counter(), 0
        while copied < len(bodies):
            got = [one for many in (await consumer.getmany(timeout_ms=1000, max_records=500)).values() for one in many]
            sends = [await producer.send(target, one.value) for one in got]
            await asyncio.gather(*sends)
            copied += len(got)
        return time.perf_counter() - began
    finally:
        await consumer.stop()
        await producer.stop()
