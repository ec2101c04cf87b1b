"""The relay: takes facts out of the outbox to the broker, urgent ones first, and checks at start that nothing was forgotten."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord
from sqlalchemy import bindparam, func, select, update

from services.kernel.language.envelope import to_headers
from services.kernel.runtime import metrics
from services.kernel.runtime.database import Database
from services.kernel.runtime.naps import nap, utc_now
from services.kernel.runtime.outbox import envelope_of, slices
from services.kernel.runtime.tables import OUTBOX, OUTBOX_STATE
from services.kernel.runtime.topics import list_partitions

log = structlog.get_logger()

BATCH = 500
MARGIN = 200
"""How many records before the newest published one are looked at again at start."""


class Relay:
    """One per service and node: publishes in id order, marks what the broker acknowledged."""

    def __init__(self, database: Database, bootstrap_servers: str) -> None:
        self.database = database
        self.bootstrap_servers = bootstrap_servers
        # Commits of this process wake the relay; only PostgreSQL has other processes that write.
        self._poll_s = 10.0 if database.is_sqlite else 1.0
        self._where = (database.node.node_id, database.service)

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop`; after any fault with a new producer, backing off to 10 s."""
        delay_s = 0.5
        checked = False
        while not stop.is_set():
            producer = AIOKafkaProducer(
                bootstrap_servers=self.bootstrap_servers, acks="all", enable_idempotence=True, linger_ms=2,
                max_request_size=1_048_576, request_timeout_ms=20_000,
            )  # fmt: skip
            try:
                await producer.start()
                if not checked and not await self._remembers_everything():
                    await nap(stop, 10)
                    continue
                checked = True
                delay_s = 0.5
                await self._publish_until(stop, producer)
            except asyncio.CancelledError:
                raise
            except Exception as fault:  # noqa: BLE001 - the broker is away: facts wait in the outbox
                log.warning("outbox.relay.waiting", service=self.database.service, fault=repr(fault))
                await nap(stop, delay_s * random.uniform(0.7, 1.3))  # noqa: S311 - jitter
                delay_s = min(delay_s * 2, 10.0)
            finally:
                await _quietly_stop(producer)

    async def _publish_until(self, stop: asyncio.Event, producer: AIOKafkaProducer) -> None:
        while not stop.is_set():
            self.database.told.clear()
            rows = await self._unpublished()
            if rows:
                await self._publish(producer, rows)
                continue
            await _first_of(stop, self.database.told, timeout_s=self._poll_s)

    async def _unpublished(self) -> Sequence[Any]:
        async with self.database.reading() as session:
            for urgent in (True, False):
                query = (
                    select(OUTBOX)
                    .where(OUTBOX.c.published_at.is_(None), OUTBOX.c.urgent.is_(urgent))
                    .order_by(OUTBOX.c.id)
                    .limit(BATCH)
                )
                rows = list(await session.execute(query))
                if rows:
                    return rows
        return []

    async def _publish(self, producer: AIOKafkaProducer, rows: Sequence[Any]) -> None:
        sent = [
            await producer.send(row.topic, row.body, key=row.key.encode(), headers=to_headers(envelope_of(row)))
            for row in rows
        ]
        places = await asyncio.gather(*sent)
        now = utc_now()
        marks = [
            {"row_id": row.id, "at": now, "partition": place.partition, "offset": place.offset}
            for row, place in zip(rows, places, strict=True)
        ]
        async with self.database.transaction(now) as tx:
            connection = await tx.session.connection()
            await connection.execute(_MARK, marks)
        metrics.OUTBOX_PUBLISHED.labels(*self._where).inc(len(rows))

    async def _remembers_everything(self) -> bool:
        """Whether the outbox has every fact that the broker holds near the end of our topics."""
        async with self.database.reading() as session:
            state = (await session.execute(select(OUTBOX_STATE.c.blocked_reason))).scalar_one()
        forgotten = [] if state else await self.find_forgotten()
        if forgotten:
            state = f"数据库比已发出的旧：消息队列上有 {len(forgotten)} 条本库没有的记录，请执行 restore"
            async with self.database.transaction(utc_now()) as tx:
                await tx.session.execute(update(OUTBOX_STATE).values(blocked_reason=state))
        metrics.OUTBOX_BLOCKED.labels(*self._where).set(1 if state else 0)
        if state:
            log.error("outbox.relay.blocked", service=self.database.service, reason=state)
        return not state

    async def find_forgotten(self) -> list[ConsumerRecord]:
        """Records of our own topics, near their end, whose ids the outbox lacks."""
        newest = await self._newest_published()
        prefix = f"{self.database.node.node_id}.{self.database.service}."
        found = await asyncio.to_thread(list_partitions, self.bootstrap_servers, prefix)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap_servers, enable_auto_commit=False)
        await consumer.start()
        try:
            records = await _read_tail(consumer, [TopicPartition(*place) for place in found], newest)
        finally:
            await consumer.stop()
        return await self._not_in_outbox(records)

    async def _newest_published(self) -> dict[tuple[str, int], int]:
        async with self.database.reading() as session:
            place = (OUTBOX.c.topic, OUTBOX.c.broker_partition)
            query = (
                select(*place, func.max(OUTBOX.c.broker_offset))
                .where(OUTBOX.c.broker_offset.is_not(None))
                .group_by(*place)
            )
            return {(topic, partition): offset for topic, partition, offset in await session.execute(query)}

    async def _not_in_outbox(self, records: Sequence[ConsumerRecord]) -> list[ConsumerRecord]:
        ids = {_event_id(record): record for record in records}
        known: set[str] = set()
        async with self.database.reading() as session:
            for some in slices(sorted(ids), 500):
                known.update(
                    (await session.execute(select(OUTBOX.c.event_id).where(OUTBOX.c.event_id.in_(some)))).scalars()
                )
        return [record for id_, record in ids.items() if id_ and id_ not in known]


_MARK = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row_id"))
    .values(published_at=bindparam("at"), broker_partition=bindparam("partition"), broker_offset=bindparam("offset"))
)


async def _read_tail(
    consumer: AIOKafkaConsumer, places: Sequence[TopicPartition], newest: dict[tuple[str, int], int]
) -> list[ConsumerRecord]:
    if not places:
        return []
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    starts = await consumer.beginning_offsets(places)
    pending = {}
    for place in places:
        first = max(starts[place], newest.get((place.topic, place.partition), -1) + 1 - MARGIN)
        if first < ends[place]:
            consumer.seek(place, first)
            pending[place] = ends[place]
        else:
            consumer.pause(place)
    records: list[ConsumerRecord] = []
    while pending:
        for got in (await consumer.getmany(*pending, timeout_ms=1000)).values():
            records.extend(got)
        for place, end in list(pending.items()):
            if await consumer.position(place) >= end:
                del pending[place]
    return records


def _event_id(record: ConsumerRecord) -> str:
    return next((value.decode("utf-8", "replace") for name, value in record.headers if name == "ce_id"), "")


async def _first_of(*events: asyncio.Event, timeout_s: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _quietly_stop(producer: AIOKafkaProducer) -> None:
    try:
        await asyncio.wait_for(producer.stop(), 10)
    except asyncio.CancelledError:
        raise
    except Exception as fault:  # noqa: BLE001 - it is thrown away; a new one follows
        log.info("outbox.producer.dropped", fault=repr(fault))
