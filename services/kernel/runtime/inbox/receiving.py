"""How a batch of messages takes effect: judged by cursor, handled and acknowledged in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from services.kernel.language.envelope import Envelope, EnvelopeUnreadable, from_headers
from services.kernel.language.events import Fact, open_fact
from services.kernel.runtime import metrics
from services.kernel.runtime.database import Database
from services.kernel.runtime.inbox import waiting
from services.kernel.runtime.inbox.brake import Brake
from services.kernel.runtime.inbox.cursors import Place, load_cursors, put_cursors
from services.kernel.runtime.inbox.faults import HandlingFailed, is_away, is_final, is_passing, reason_of
from services.kernel.runtime.inbox.listening import Handler, ListensTo, Message
from services.kernel.runtime.inbox.verdict import Cursor, Verdict, judge
from services.kernel.runtime.outbox import envelope_of
from services.kernel.runtime.tracing import enter_trace
from services.kernel.runtime.transaction import Transaction

log = structlog.get_logger()


@dataclass
class _Work:
    """What one transaction of the inbox has gathered."""

    tx: Transaction
    cursors: dict[Place, Cursor]
    waiting: dict[Place, list[Any]]
    moved: set[Place] = field(default_factory=set)
    to_wait: list[dict[str, Any]] = field(default_factory=list)


class Inbox:
    """Applies messages for one consumer (service and lane); lets no exception out but cancellation."""

    def __init__(
        self, database: Database, listens_to: ListensTo, *, consumer: str, prefix: str, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self.consumer = consumer
        self.clock = clock
        self._handlers = {f"{prefix}.{topic}": handlers for topic, handlers in listens_to.items()}
        self._brake = Brake(database, consumer)
        self._tries: dict[str, int] = {}

    async def receive(self, messages: Sequence[Message]) -> None:
        """Apply a batch; returns when every message of it is applied or waits durably."""
        await self._brake.until_loose()
        if not messages:
            return
        fault = await self._attempt(messages)
        if fault is None:
            return
        if len(messages) > 1:
            middle = len(messages) // 2
            await self.receive(messages[:middle])
            await self.receive(messages[middle:])
            return
        await self._settle(messages[0], fault)

    async def replay(self, waiting_id: int) -> bool:
        """Apply a parked event and what it held; True when it took effect, False while its turn has not come.

        One that stands at or below the cursor (a fork) takes effect too, and leaves the cursor
        where it is: moved back, it would hold the next event for ever.
        """
        async with self.database.transaction(self.clock()) as tx:
            row = await waiting.find(tx.session, waiting_id)
            if row is None or row.key is None:
                return False
            place = (row.topic, row.key)
            work = await self._load(tx, {place})
            before = work.cursors[place]
            if row.sequence > before.sequence + 1:
                return False
            await self._apply(work, row.topic, envelope_of(row))
            if row.sequence <= before.sequence and row.epoch <= before.epoch:
                work.cursors[place] = before
            work.waiting[place] = [one for one in work.waiting[place] if one.id != row.id]
            await self._drain(work, place)
            await self._store(work)
            await waiting.forget(tx.session, waiting_id)
        self._brake.loosen()
        return True

    async def _attempt(self, messages: Sequence[Message]) -> HandlingFailed | None:
        """Apply all in one transaction; None when committed. Waits while the database is away."""
        delay_s = 0.05
        while True:
            try:
                async with self.database.transaction(self.clock()) as tx:
                    work = await self._handle(tx, messages)
            except asyncio.CancelledError:
                raise
            except HandlingFailed as fault:
                if not is_passing(fault.cause):
                    return fault
                log.warning("inbox.database.busy", consumer=self.consumer, fault=repr(fault.cause))
            except Exception as fault:  # noqa: BLE001 - the database is away, or what handlers left for the end failed
                first = _open(messages[0])
                if not is_away(fault) and isinstance(first, Envelope):
                    return HandlingFailed(first, messages[0].topic, fault)
                log.warning("inbox.database.away", consumer=self.consumer, fault=repr(fault)[:500])
            else:
                parked = sum(row["kind"] == waiting.PARKED for row in work.to_wait)
                self._brake.note(parked=parked, applied=len(messages) - parked)
                metrics.INBOX_APPLIED.labels(self.database.node.node_id, self.database.service).inc(len(messages))
                return None
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, 5.0)

    async def _handle(self, tx: Transaction, messages: Sequence[Message]) -> _Work:
        opened = [(message, _open(message)) for message in messages]
        places = {(m.topic, found.subject) for m, found in opened if isinstance(found, Envelope)}
        work = await self._load(tx, places)
        for message, found in opened:
            if isinstance(found, Envelope):
                await self._take(work, message, found)
            else:
                self._park_unreadable(work, message, found)
        await self._store(work)
        return work

    async def _take(self, work: _Work, message: Message, envelope: Envelope) -> None:
        place = (message.topic, envelope.subject)
        cursor = work.cursors[place]
        verdict = judge(cursor, epoch=envelope.epoch, sequence=envelope.sequence, event_id=envelope.id)
        if verdict is Verdict.SEEN:
            metrics.INBOX_SEEN.labels(self.database.node.node_id, self.database.service).inc()
            return
        if verdict is Verdict.NEXT and not self._blocked(work, place, envelope.sequence):
            await self._apply(work, message.topic, envelope)
            await self._drain(work, place)
            return
        kind, reason = (
            (waiting.PARKED, "编号相同而内容不同（分叉）") if verdict is Verdict.FORK else (waiting.HELD, "等待前一条")
        )
        if verdict is Verdict.FORK:
            log.error("inbox.event.forked", consumer=self.consumer, event_id=envelope.id, topic=message.topic)
        self._wait(work, message, envelope, kind=kind, reason=reason)

    def _blocked(self, work: _Work, place: Place, sequence: int) -> bool:
        return any(row.kind == waiting.PARKED and row.sequence == sequence for row in work.waiting[place])

    def _wait(self, work: _Work, message: Message, envelope: Envelope, *, kind: str, reason: str) -> None:
        work.to_wait.append(
            waiting.waiting_row(
                self.consumer, message.topic, message.place, envelope, kind=kind, reason=reason, now=work.tx.now
            )
        )

    def _park_unreadable(self, work: _Work, message: Message, fault: Exception) -> None:
        log.error("inbox.event.unreadable", consumer=self.consumer, topic=message.topic, fault=str(fault))
        work.to_wait.append(
            waiting.unreadable_row(
                self.consumer, message.topic, message.place, message.headers, message.value,
                reason=f"无法识别：{fault}", now=work.tx.now,
            )
        )  # fmt: skip

    async def _apply(self, work: _Work, topic: str, envelope: Envelope) -> None:
        try:
            await self._call(work.tx, topic, envelope)
            await work.tx.session.flush()
        except asyncio.CancelledError:
            raise
        except Exception as fault:
            raise HandlingFailed(envelope, topic, fault) from fault
        finally:
            work.tx.cause = None
        place = (topic, envelope.subject)
        work.cursors[place] = Cursor(envelope.epoch, envelope.sequence, envelope.id)
        work.moved.add(place)

    async def _call(self, tx: Transaction, topic: str, envelope: Envelope) -> None:
        fact = open_fact(envelope)
        handlers = self._handlers.get(topic, {})
        handler: Handler | None = handlers.get(type(fact)) or handlers.get(Fact)
        if handler is None:
            return
        enter_trace(envelope.traceparent)
        tx.cause = envelope
        await handler(tx, fact)

    async def _drain(self, work: _Work, place: Place) -> None:
        """Apply what was held behind the event just applied, in the same transaction."""
        rest = [*work.waiting[place], *(_Later(row) for row in work.to_wait if (row["topic"], row["key"]) == place)]
        for row in sorted(rest, key=lambda row: row.sequence):
            cursor = work.cursors[place]
            verdict = judge(cursor, epoch=row.epoch, sequence=row.sequence, event_id=row.event_id)
            if verdict is Verdict.SEEN:
                continue
            if verdict is not Verdict.NEXT or row.kind == waiting.PARKED:
                return
            await self._apply(work, place[0], envelope_of(row))

    async def _load(self, tx: Transaction, places: set[Place]) -> _Work:
        cursors = await load_cursors(tx.session, self.consumer, places)
        work = _Work(tx, cursors, {place: [] for place in places})
        by_topic: dict[str, list[str]] = {}
        for topic, key in places:
            by_topic.setdefault(topic, []).append(key)
        for topic, keys in by_topic.items():
            for row in await waiting.of_keys(tx.session, self.consumer, topic, keys):
                work.waiting[topic, row.key].append(row)
        return work

    async def _store(self, work: _Work) -> None:
        session = work.tx.session
        if work.moved:
            await put_cursors(session, self.consumer, {place: work.cursors[place] for place in work.moved})
        for place in work.moved:
            if work.waiting[place]:
                await waiting.forget_up_to(session, self.consumer, *place, work.cursors[place].sequence)
        still = [row for row in work.to_wait if not self._was_drained(work, row)]
        if still:
            await waiting.put(session, still)

    def _was_drained(self, work: _Work, row: dict[str, Any]) -> bool:
        cursor = work.cursors.get((row["topic"], row["key"]))
        return bool(row["kind"] == waiting.HELD and cursor and row["sequence"] <= cursor.sequence)

    async def _settle(self, message: Message, fault: HandlingFailed) -> None:
        """A single event failed: try a bug again, then park the event whose turn it was."""
        envelope, cause = fault.envelope, fault.cause
        tries = self._tries[envelope.id] = self._tries.get(envelope.id, 0) + 1
        if not is_final(cause, tries):
            await asyncio.sleep(0.1 * tries)
            await self.receive([message])
            return
        self._tries.pop(envelope.id, None)
        log.error(
            "inbox.event.parked", consumer=self.consumer, event_id=envelope.id, type=envelope.type, fault=repr(cause)
        )
        await self._park(message, fault, tries)
        self._brake.note(parked=1, applied=0)
        own = from_headers(message.headers, message.value)
        if own.id != envelope.id:  # a held successor failed: its predecessor is still to be applied
            await self.receive([message])

    async def _park(self, message: Message, fault: HandlingFailed, tries: int) -> None:
        envelope = fault.envelope
        reason = reason_of(fault.cause)
        while True:
            try:
                async with self.database.transaction(self.clock()) as tx:
                    row = waiting.waiting_row(
                        self.consumer, fault.topic, message.place if fault.topic == message.topic else f"w:{envelope.id}",
                        envelope, kind=waiting.PARKED, reason=reason, now=tx.now, tries=tries,
                    )  # fmt: skip
                    if from_headers(message.headers, message.value).id != envelope.id:
                        row["place"] = f"w:{envelope.id}"
                    await waiting.put(tx.session, [row])
                    await waiting.park(tx.session, self.consumer, fault.topic, envelope.id, reason=reason, tries=tries)
            except asyncio.CancelledError:
                raise
            except Exception as failed:  # noqa: BLE001 - the database is away; the event must not be lost
                log.warning("inbox.park.waiting", consumer=self.consumer, fault=repr(failed))
                await asyncio.sleep(1.0)
            else:
                return


class _Later:
    """A held event of this very batch, read like a waiting row."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.__dict__.update(row)


def _open(message: Message) -> Envelope | EnvelopeUnreadable:
    try:
        envelope = from_headers(message.headers, message.value)
    except EnvelopeUnreadable as fault:
        return fault
    return envelope if envelope.sequence > 0 and envelope.subject else EnvelopeUnreadable("no key or sequence")
