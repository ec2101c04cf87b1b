"""What one transaction of the inbox gathers: events judged by their key's cursor, applied, or put to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from services.kernel.language.envelope import Envelope, EnvelopeUnreadable
from services.kernel.language.events import Fact, FactUnknown, FactUnreadable, open_fact
from services.kernel.runtime.storing.erased import empty_if_erased, erased_among
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.tracing import enter_trace
from services.kernel.runtime.telling.inbox import waiting
from services.kernel.runtime.telling.inbox.cursors import Place, load_cursors, put_cursors
from services.kernel.runtime.telling.inbox.faults import HandlingFailed, reason_of
from services.kernel.runtime.telling.inbox.listening import Handler, Message
from services.kernel.runtime.telling.inbox.pace import Clock
from services.kernel.runtime.telling.inbox.positions import Partition, Position, note_skipped, put_positions
from services.kernel.runtime.telling.inbox.succession import Cursor, Succession, succession_of

log = structlog.get_logger()

FORKED = "编号相同而内容不同（分叉）"
ALL = 2**31
"""As many held events as the time of a transaction allows."""


@dataclass(frozen=True)
class Consumer:
    """For whom a transaction works: its name, its handlers by full topic, whom it brakes and how much it may hold."""

    name: str
    handlers: Mapping[str, Mapping[type[Fact], Handler]]
    braked: Collection[str]
    limits: waiting.HeldLimits


@dataclass
class Work:
    """One transaction's events; nothing of it is true before the commit."""

    tx: Transaction
    consumer: Consumer
    held: int
    cursors: dict[Place, Cursor]
    waiting: dict[Place, list[Any]]
    erased: Collection[str] = frozenset()
    most_drained: int = ALL
    drained: list[Envelope] = field(default_factory=list)
    moved: set[Place] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    to_wait: list[dict[str, Any]] = field(default_factory=list)
    positions: dict[Partition, Position] = field(default_factory=dict)
    skipped: dict[Partition, int] = field(default_factory=dict)
    undrained: set[Place] = field(default_factory=set)
    outcomes: list[tuple[str, bool]] = field(default_factory=list)
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(self.tx.is_wanted)

    async def take(self, message: Message, found: Envelope | EnvelopeUnreadable) -> None:
        """Deal with one message, and note that its partition was read so far."""
        if isinstance(found, Envelope):
            await self._judge(message, empty_if_erased(found, self.erased))
        else:
            self._park_unreadable(message, found)
        if message.position is not None:
            self.positions[message.topic, message.partition] = message.position
        await asyncio.sleep(0)  # others on this loop get their turn between two events

    async def _judge(self, message: Message, envelope: Envelope) -> None:
        place = (message.topic, envelope.subject)
        verdict = succession_of(
            self.cursors[place], epoch=envelope.epoch, sequence=envelope.sequence, event_id=envelope.id
        )
        if verdict is Succession.SEEN:
            metrics.INBOX_SEEN.labels(self.tx.node.node_id, self.tx.service).inc()
        elif verdict is Succession.FORK:
            log.error("inbox.event.forked", consumer=self.consumer.name, event_id=envelope.id, topic=message.topic)
            self._wait(message, envelope, kind=waiting.PARKED, reason=FORKED)
        elif envelope.sender in self.consumer.braked:
            reason = f"来自 {envelope.sender} 的记录搁置过多，处理完再继续"
            self._wait(message, envelope, kind=waiting.HELD, reason=reason, cause=waiting.BRAKED)
        elif verdict is Succession.NEXT and not self._is_parked(place, envelope.sequence):
            await self._apply_or_park(message, envelope)
            await self.drain(place)
        else:
            self._wait(message, envelope, kind=waiting.HELD, reason="等待前一条")

    async def _apply_or_park(self, message: Message, envelope: Envelope) -> None:
        """Apply; what cannot even be opened is parked here, without failing the others of the batch."""
        try:
            fact = open_unless_emptied(envelope)
        except (FactUnknown, FactUnreadable) as fault:
            cause = self._note_unopened(envelope, fault)
            self._wait(message, envelope, kind=waiting.PARKED, reason=reason_of(fault), cause=cause)
        else:
            await self.apply(message.topic, envelope, fact)

    def _note_unopened(self, envelope: Envelope, fault: Exception) -> str:
        is_unknown = isinstance(fault, FactUnknown)
        self.outcomes.append((envelope.sender, not is_unknown))
        log.error(
            "inbox.event.unknown" if is_unknown else "inbox.event.parked",
            consumer=self.consumer.name, event_id=envelope.id, type=envelope.type, source=envelope.sender,
            fault=str(fault)[:300],
        )  # fmt: skip
        if is_unknown:
            metrics.INBOX_UNKNOWN.labels(self.tx.node.node_id, self.tx.service, envelope.sender).inc()
        return waiting.UNKNOWN if is_unknown else ""

    def _is_parked(self, place: Place, sequence: int) -> bool:
        """Whether the event of this number is parked; a fork that is parked under it holds nothing."""
        rows = (row for row in self.waiting[place] if row.kind == waiting.PARKED and row.sequence == sequence)
        return any(self._judge_waiting(place, row) is Succession.NEXT for row in rows)

    def _wait(self, message: Message, envelope: Envelope, *, kind: str, reason: str, cause: str = "") -> None:
        place = (message.topic, envelope.subject)
        if any(row.event_id == envelope.id or row.place == message.place for row in self.waiting[place]):
            return
        if kind == waiting.HELD and self._is_full(place) and message.position is not None:
            partition = (message.topic, message.partition)
            metrics.INBOX_PASSED_OVER.labels(self.tx.node.node_id, self.tx.service).inc()
            self.skipped[partition] = min(message.position.next_offset - 1, self.skipped.get(partition, 2**62))
            return
        row = waiting.waiting_row(
            self.consumer.name, message.topic, message.place, envelope,
            kind=kind, reason=reason, cause=cause, now=self.tx.now,
        )  # fmt: skip
        self.to_wait.append(row)
        self.waiting[place].append(_Later(row))
        self.held += kind == waiting.HELD

    def _is_full(self, place: Place) -> bool:
        limits = self.consumer.limits
        of_key = sum(row.kind == waiting.HELD for row in self.waiting[place])
        return self.held >= limits.in_all or of_key >= limits.of_a_key

    def _park_unreadable(self, message: Message, fault: Exception) -> None:
        log.error("inbox.event.unreadable", consumer=self.consumer.name, topic=message.topic, fault=str(fault)[:300])
        self.to_wait.append(
            waiting.unreadable_row(
                self.consumer.name, message.topic, message.place, message.headers, message.value,
                reason=f"无法识别：{fault}", now=self.tx.now,
            )
        )  # fmt: skip

    async def apply(self, topic: str, envelope: Envelope, fact: Fact | None) -> None:
        """Let the fact take effect here and move its key's cursor; None, whose data is gone for good, moves it alone.

        Raises:
            HandlingFailed: Its handler raised, whatever it was.
        """
        try:
            if fact is not None:
                await self._call(topic, envelope, fact)
            await self.tx.session.flush()
        except asyncio.CancelledError:
            raise
        except Exception as fault:
            raise HandlingFailed(envelope, topic, fault) from fault
        finally:
            self.tx.cause = None
        place = (topic, envelope.subject)
        self.cursors[place] = Cursor(envelope.epoch, envelope.sequence, envelope.id)
        self.moved.add(place)
        self.outcomes.append((envelope.sender, False))

    async def _call(self, topic: str, envelope: Envelope, fact: Fact) -> None:
        handlers = self.consumer.handlers.get(topic, {})
        handler: Handler | None = handlers.get(type(fact)) or handlers.get(Fact)
        if handler is None:
            return
        enter_trace(envelope.traceparent)
        self.tx.cause = envelope
        await handler(self.tx, fact)

    async def drain(self, place: Place) -> None:
        """Apply what was held behind the event just applied, for as long as the transaction may last.

        A teller's facts of before its restore come first: behind those of after it they would be forks.
        """
        for row in sorted(self.waiting[place], key=lambda row: (row.epoch, row.sequence)):
            if row.event_id in self.done or not await self._is_next(place, row):
                continue
            if row.kind == waiting.PARKED or row.source in self.consumer.braked:
                return
            if self.clock.is_over or len(self.drained) >= self.most_drained:
                self.undrained.add(place)
                return
            if not await self._apply_held(place, row):
                return

    async def _is_next(self, place: Place, row: Any) -> bool:
        """Whether a waiting event is its key's next; a held one that can never be is let go, or parked as a fork."""
        verdict = self._judge_waiting(place, row)
        if row.kind == waiting.HELD and verdict is Succession.SEEN:
            self.done.add(row.event_id)
        if row.kind == waiting.HELD and verdict is Succession.FORK:
            log.error("inbox.event.forked", consumer=self.consumer.name, event_id=row.event_id, topic=place[0])
            await self._park_held(place, row, FORKED)
        return verdict is Succession.NEXT

    def _judge_waiting(self, place: Place, row: Any) -> Succession:
        return succession_of(self.cursors[place], epoch=row.epoch, sequence=row.sequence, event_id=row.event_id)

    async def _apply_held(self, place: Place, row: Any) -> bool:
        whole = row if isinstance(row, _Later) else await waiting.find(self.tx.session, row.id)
        envelope = empty_if_erased(envelope_of(whole), self.erased)
        try:
            fact = open_unless_emptied(envelope)
        except (FactUnknown, FactUnreadable) as fault:
            await self._park_held(place, row, reason_of(fault), self._note_unopened(envelope, fault))
            return False
        self.drained.append(envelope)
        await self.apply(place[0], envelope, fact)
        self.done.add(envelope.id)
        await asyncio.sleep(0)
        return True

    async def _park_held(self, place: Place, row: Any, reason: str, cause: str = "") -> None:
        if isinstance(row, _Later):
            row.park(reason, cause)
        else:
            session, name = self.tx.session, self.consumer.name
            await waiting.park(session, name, place[0], row.event_id, reason=reason, cause=cause)

    async def store(self) -> None:
        """Write cursors, waiting rows and positions; the commit follows."""
        session, name = self.tx.session, self.consumer.name
        if self.moved:
            await put_cursors(session, name, {place: self.cursors[place] for place in self.moved})
        if done := [row.id for row in self._held_rows() if row.event_id in self.done]:
            await waiting.forget(session, done)
        if still := [row for row in self.to_wait if not self._was_drained(row)]:
            await waiting.put(session, still)
        if self.positions:
            await put_positions(session, name, self.positions)
        if self.skipped:
            await note_skipped(session, name, self.skipped)

    def _was_drained(self, row: dict[str, Any]) -> bool:
        return row["kind"] == waiting.HELD and row["event_id"] in self.done

    def _held_rows(self) -> Iterator[Any]:
        """What was held already when the transaction began."""
        for rows in self.waiting.values():
            yield from (row for row in rows if row.kind == waiting.HELD and not isinstance(row, _Later))


async def load_work(
    tx: Transaction, consumer: Consumer, places: set[Place], *, held: int, most_drained: int = ALL
) -> Work:
    """A transaction's work on these keys, their cursors locked, their items not erased meanwhile.

    Args:
        most_drained: How many held events it drains; the others are left.
    """
    cursors = await load_cursors(tx.session, consumer.name, places)
    erased = await erased_among(tx.session, {key for _, key in places})
    work = Work(tx, consumer, held, cursors, {place: [] for place in places}, erased, most_drained)
    by_topic: dict[str, list[str]] = {}
    for topic, key in places:
        by_topic.setdefault(topic, []).append(key)
    for topic, keys in by_topic.items():
        for row in await waiting.of_keys(tx.session, consumer.name, topic, keys):
            work.waiting[topic, row.key].append(row)
    return work


def open_unless_emptied(envelope: Envelope) -> Fact | None:
    """The fact; None when its data was erased or has grown too old to keep.

    Raises:
        FactUnknown: Unknown type, or a version newer than this code knows.
        FactUnreadable: The data does not validate.
    """
    return None if envelope.emptied else open_fact(envelope)


class _Later:
    """An event put to wait in this very transaction, read like a waiting row."""

    def __init__(self, row: dict[str, Any]) -> None:
        self._row = row
        self.__dict__.update(row)

    def park(self, reason: str, cause: str) -> None:
        """It cannot be opened: it waits for a person."""
        self._row.update(kind=waiting.PARKED, reason=waiting.plain(reason), cause=cause)
        self.kind = waiting.PARKED
