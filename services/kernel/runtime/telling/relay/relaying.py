"""The relay's loop: connect, look at the broker, publish, mark; after any fault from the beginning."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from sqlalchemy import bindparam, update

from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.leases import LeaseLost
from services.kernel.runtime.storing.standing import Standing, read_standing
from services.kernel.runtime.storing.tables import OUTBOX, OUTBOX_STATE
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.clock import pause, utc_now
from services.kernel.runtime.telling.clients import opened
from services.kernel.runtime.telling.relay.choosing import next_rows
from services.kernel.runtime.telling.relay.ends import (
    BrokerPlace,
    forget_beyond,
    look_at_own_topics,
    newest_published,
    own_topics,
    publish_lost_again,
)
from services.kernel.runtime.telling.relay.glancing import Glance
from services.kernel.runtime.telling.relay.lanes import Lanes
from services.kernel.runtime.telling.relay.memory import find_forgotten
from services.kernel.runtime.telling.relay.sending import MAX_MESSAGE_BYTES, Sent, send_rows
from services.kernel.runtime.telling.topics import TopicSeen

log = structlog.get_logger()

BLOCKED_LOOK_S = 2.0
PRODUCED_AT_ONCE_BYTES = 512 * 1024
"""A single broker flushes its disk for each batch it is given: few large ones, not many of 16 KB."""

FORGOTTEN = "数据库比已发出的旧：消息队列上有 {count} 条本库没有的记录，请执行 restore"


class BatchFailed(RuntimeError):
    """Rows were refused in company: they go one by one, on a new producer, since this one's numbering broke."""


class Relay:
    """One per service and node: publishes in id order, marks what the broker acknowledged.

    Every `look_every_s`, whenever it connects, and as soon as a glance shows that the broker is
    not what it was, it looks at the broker: topics that are unknown there are made again, and what
    the broker lost is published again.
    """

    def __init__(self, database: Database, bootstrap_servers: str, *, look_every_s: float = 180.0) -> None:
        self.database = database.ungated()
        self.bootstrap_servers = bootstrap_servers
        self.look_every_s = look_every_s
        # Commits of this process wake the relay; only PostgreSQL has other processes that write.
        self._poll_s = 10.0 if database.is_sqlite else 1.0
        self._where = (database.node.node_id, database.service)
        self._alone: set[int] = set()
        self._newest: dict[BrokerPlace, int] = {}
        self._checked = False
        self._look_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop`; after any fault with a new producer, backing off to 10 s."""
        delay_s = 0.5
        while not stop.is_set():
            try:
                # A producer has one request at a time on its way: an urgent fact would wait for the routine flush.
                async with opened(self._producer()) as urgent, opened(self._producer()) as routine:
                    await self._look_at_broker()
                    delay_s = 0.5
                    await self._publish_until(stop, {True: urgent, False: routine})
            except (asyncio.CancelledError, LeaseLost):
                raise
            except BatchFailed as fault:
                log.warning("outbox.relay.one_by_one", service=self.database.service, fault=str(fault))
            except Exception as fault:  # noqa: BLE001 - the broker is away: facts wait in the outbox
                self.database.gate.broker_is_away()
                log.warning("outbox.relay.waiting", service=self.database.service, fault=repr(fault)[:500])
                await pause(stop, delay_s * random.uniform(0.7, 1.3))  # noqa: S311 - jitter
                delay_s = min(delay_s * 2, 10.0)

    def _producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self.bootstrap_servers, acks="all", enable_idempotence=True, linger_ms=2,
            max_batch_size=PRODUCED_AT_ONCE_BYTES, max_request_size=MAX_MESSAGE_BYTES, request_timeout_ms=20_000,
        )  # fmt: skip

    async def _look_at_broker(self) -> None:
        """Make missing topics; see that the outbox remembers what is there, and that what it remembers is there."""
        self._look_at = time.monotonic() + self.look_every_s
        seen = await look_at_own_topics(self.database, self.bootstrap_servers)
        standing = await self._standing()
        if not standing.blocked_reason and not (self._checked and standing.is_checked):
            standing = await self._check_memory(seen, standing)
            self._checked = True
        if not standing.blocked_reason:
            await publish_lost_again(self.database, seen)
        async with self.database.reading() as session:
            self._newest = await newest_published(session)

    async def _publish_until(self, stop: asyncio.Event, producers: Mapping[bool, AIOKafkaProducer]) -> None:
        lanes = Lanes()
        glance = Glance(self.bootstrap_servers, own_topics(self.database))
        glancing = asyncio.create_task(glance.watch(stop, lambda: self._newest, self._look_soon))
        try:
            while not stop.is_set():
                await self._publish_on(stop, producers, lanes)
            await lanes.all_gone()
        finally:
            await lanes.cut()
            glancing.cancel()
            await asyncio.gather(glancing, return_exceptions=True)

    def _look_soon(self) -> None:
        self._look_at = 0.0
        self.database.told.set()

    async def _publish_on(self, stop: asyncio.Event, producers: Mapping[bool, AIOKafkaProducer], lanes: Lanes) -> None:
        """Look once: let the next batch of every free lane go, then wait until there is a reason to look again."""
        self.database.told.clear()
        standing = await self._standing()
        if time.monotonic() > self._look_at or not (standing.is_checked or standing.blocked_reason):
            await lanes.all_gone()
            await self._look_at_broker()
            return
        if standing.blocked_reason:
            await lanes.all_gone()
            await pause(stop, BLOCKED_LOOK_S)
            return
        async with self.database.reading() as session:
            chosen = {one: await next_rows(session, urgent=one, alone=self._alone) for one in lanes.free}
        for urgent, rows in chosen.items():
            if rows:
                lanes.start(self._publish(producers[urgent], rows), urgent=urgent)
        await lanes.next_event(stop, self.database.told, timeout_s=min(self._poll_s, self.look_every_s))

    async def _publish(self, producer: AIOKafkaProducer, rows: Sequence[Any]) -> None:
        sent = await send_rows(producer, rows)
        if sent.taken or sent.refused:
            await self._mark(sent, rank=Rank.URGENT if rows[0].urgent else Rank.ROUTINE)
        self._alone.difference_update(row.id for row in rows)
        self._alone.update(row.id for row in sent.doubtful)
        if sent.fault is not None:
            raise sent.fault
        if sent.doubtful:
            raise BatchFailed(f"{len(sent.doubtful)} rows were refused together")

    async def _mark(self, sent: Sent, *, rank: Rank) -> None:
        now = utc_now()
        async with self.database.transaction(now, rank=rank) as tx:
            lost = sum([await forget_beyond(tx, place, first) for place, first in self._below_newest(sent).items()])
            connection = await tx.session.connection()
            if sent.taken:
                await connection.execute(_MARK, [_mark_of(row, place, now) for row, place in sent.taken])
            if sent.refused:
                await connection.execute(_SET_ASIDE, [{"row_id": row.id, "why": why} for row, why in sent.refused])
        for _, place in sent.taken:
            self._newest[place.topic, place.partition] = place.offset
        metrics.OUTBOX_PUBLISHED.labels(*self._where).inc(len(sent.taken))
        for row, why in sent.refused:
            log.error("outbox.row.set_aside", service=self.database.service, event_id=row.event_id, reason=why)
        if lost:
            log.error("outbox.broker.lost", service=self.database.service, facts=lost)
            metrics.OUTBOX_LOST.labels(*self._where).inc(lost)

    def _below_newest(self, sent: Sent) -> dict[BrokerPlace, int]:
        """Where the broker gave an offset that it had given before: its log was cut there and written on.

        What was published from that offset on is lost, though the partition's end may soon stand
        where it stood.
        """
        first: dict[BrokerPlace, int] = {}
        for _, place in sent.taken:
            at = (place.topic, place.partition)
            first[at] = min(first.get(at, place.offset), place.offset)
        return {at: offset for at, offset in first.items() if offset <= self._newest.get(at, -1)}

    async def _standing(self) -> Standing:
        async with self.database.reading() as session:
            standing = await read_standing(session)
        metrics.OUTBOX_BLOCKED.labels(*self._where).set(1 if standing.blocked_reason else 0)
        return standing

    async def _check_memory(self, seen: dict[str, TopicSeen], standing: Standing) -> Standing:
        """Block the service when the broker holds facts of ours that the outbox forgot; else let it write."""
        forgotten = await find_forgotten(self.database, self.bootstrap_servers, seen)
        reason = FORGOTTEN.format(count=len(forgotten)) if forgotten else None
        async with self.database.transaction(utc_now()) as tx:
            values: dict[str, Any] = {"checked": standing.incarnation}
            if reason:
                values["blocked_reason"] = reason
                log.error("outbox.relay.blocked", service=self.database.service, reason=reason)
            await tx.session.execute(update(OUTBOX_STATE).values(**values))
        self.database.gate.changed()
        return await self._standing()


def _mark_of(row: Any, place: Any, now: Any) -> dict[str, Any]:
    return {"row_id": row.id, "at": now, "partition": place.partition, "offset": place.offset}


_MARK = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row_id"))
    .values(published_at=bindparam("at"), broker_partition=bindparam("partition"), broker_offset=bindparam("offset"))
)
_SET_ASIDE = update(OUTBOX).where(OUTBOX.c.id == bindparam("row_id")).values(aside_reason=bindparam("why"))
