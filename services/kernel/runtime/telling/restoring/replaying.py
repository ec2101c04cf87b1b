"""Replaying after a restore: the service's own facts and those it listens to, in the order of their time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Any

import structlog
from aiokafka.structs import ConsumerRecord
from sqlalchemy import delete, select

from services.kernel.language.envelope import Envelope, EnvelopeUnreadable, from_headers
from services.kernel.language.events import FACTS
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.outbox import envelope_of, slices
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import INBOX_CURSOR, OUTBOX, TAKEN_BACK
from services.kernel.runtime.telling.inbox import Inbox, Message
from services.kernel.runtime.telling.inbox.faults import reason_of
from services.kernel.runtime.telling.inbox.succession import Cursor, Succession, succession_of
from services.kernel.runtime.telling.inbox.work import open_unless_emptied
from services.kernel.runtime.telling.relay.memory import from_the_beginning
from services.kernel.runtime.telling.relay.scanning import scan
from services.kernel.runtime.telling.topics import look_at_topics

log = structlog.get_logger()

RUN = 10
"""Facts a transaction: so few that a run of bad ones is parked one by one and never brakes."""


@dataclass(frozen=True, slots=True)
class Own:
    """A fact of the service's own that was taken back and whose effect its tables lack."""

    at: datetime
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact that the service listens to and had not applied when the backup was made."""

    at: datetime
    consumer: str
    message: Message


@dataclass(frozen=True, slots=True)
class Failed:
    """A fact that could not be replayed, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """How much was replayed, and what could not be."""

    own: int
    heard: int
    failed: Sequence[Failed]


async def replay(service: Service, context: ServiceContext) -> Replayed:
    """Replay everything that is on the broker and not yet in the service's tables.

    Facts that handlers tell again have the ids that they had, and are in the outbox: telling
    them does nothing.
    """
    own = await _own(context)
    heard = await _heard(service, context)
    stream: list[Own | Heard] = sorted([*own, *heard], key=_time_of)
    failed: list[Failed] = []
    for consumer, some in groupby(stream, key=lambda one: getattr(one, "consumer", "")):
        if consumer:
            await _receive(service, context, consumer, [one for one in some if isinstance(one, Heard)])
        else:
            failed += [fault for one in some if isinstance(one, Own) and (fault := await _redo(service, context, one))]
    return Replayed(len(own) - len(failed), len(heard), failed)


def _time_of(one: Own | Heard) -> datetime:
    return one.at


async def _own(context: ServiceContext) -> list[Own]:
    query = (
        select(OUTBOX, TAKEN_BACK.c.at)
        .join(TAKEN_BACK, TAKEN_BACK.c.event_id == OUTBOX.c.event_id)
        .order_by(TAKEN_BACK.c.at, OUTBOX.c.broker_offset)
    )
    async with context.database.reading() as session:
        return [Own(row.at, envelope_of(row)) for row in await session.execute(query)]


async def _redo(service: Service, context: ServiceContext, own: Own) -> Failed | None:
    """Put what an own fact says into the service's tables, with the fact's own time.

    What the service has no replay for is not even opened: the exchange passes on facts of types
    and versions that only a newer neighbour knows. One that came back emptied has nothing to put there.
    """
    envelope = own.envelope
    kind = FACTS.get(envelope.type)
    handler = service.replays.get(kind) if kind else None
    try:
        async with context.database.transaction(envelope.time, cause=envelope) as tx:
            if handler is not None and (fact := open_unless_emptied(envelope)) is not None:
                with tx.replaying(at=envelope.time):
                    await handler(tx, fact)
            await tx.session.execute(delete(TAKEN_BACK).where(TAKEN_BACK.c.event_id == envelope.id))
    except Exception as fault:
        log.exception("restore.fact.failed", service=service.name, event_id=envelope.id, type=envelope.type)
        return Failed(f"{envelope.type} {envelope.subject} {envelope.id}", reason_of(fault)[:300])
    return None


async def _receive(service: Service, context: ServiceContext, consumer: str, heard: Sequence[Heard]) -> None:
    for some in slices(heard, RUN):
        inbox = Inbox(
            context.database, service.listens_to, consumer=consumer, prefix=context.node.node_id,
            clock=partial(_time_of, some[-1]),
        )  # fmt: skip
        await inbox.receive([one.message for one in some])


async def _heard(service: Service, context: ServiceContext) -> list[Heard]:
    """What stands on the topics that the service listens to, and its cursors have not seen."""
    consumers = {
        context.settings.topic(name): f"{service.name}.{lane}"
        for lane, names in (("urgent", service.urgent_topics), ("routine", service.routine_topics))
        for name in names
    }
    seen = await asyncio.to_thread(look_at_topics, context.settings.kafka, f"{context.node.node_id}.")
    places = from_the_beginning({topic: one for topic, one in seen.items() if topic in consumers})
    found: list[Heard] = []
    latest: dict[tuple[str, int], int] = {}
    async for records in scan(context.settings.kafka, places):
        async with context.database.reading() as session:
            fresh = await _unseen(session, consumers, records)
        for record in fresh:
            place = (record.topic, record.partition)
            # A clock that was set back must not turn a partition's order round.
            latest[place] = max(latest.get(place, 0), record.timestamp)
            found.append(_heard_of(record, consumers[record.topic], latest[place]))
    return found


async def _unseen(
    session: AsyncSession, consumers: Mapping[str, str], records: Sequence[ConsumerRecord]
) -> list[ConsumerRecord]:
    opened = [(record, _open(record)) for record in records]
    keys = {envelope.subject for _, envelope in opened if envelope}
    query = select(INBOX_CURSOR).where(INBOX_CURSOR.c.key.in_(many_values.texts(session, keys)))
    cursors = {
        (row.consumer, row.topic, row.key): Cursor(row.epoch, row.sequence, row.last_id)
        for row in await session.execute(query)
    }

    def is_unseen(record: ConsumerRecord, envelope: Envelope) -> bool:
        cursor = cursors.get((consumers[record.topic], record.topic, envelope.subject), Cursor())
        verdict = succession_of(cursor, epoch=envelope.epoch, sequence=envelope.sequence, event_id=envelope.id)
        return verdict is not Succession.SEEN

    return [record for record, envelope in opened if envelope and is_unseen(record, envelope)]


def _open(record: ConsumerRecord) -> Envelope | None:
    """Unreadable ones are left to the agents, which park them."""
    try:
        return from_headers([(name, value or b"") for name, value in record.headers], record.value or b"")
    except EnvelopeUnreadable:
        return None


def _heard_of(record: ConsumerRecord, consumer: str, timestamp_ms: int) -> Heard:
    headers: list[tuple[str, Any]] = [(name, value or b"") for name, value in record.headers]
    place = f"{record.partition}:{record.offset}"
    message = Message(topic=record.topic, place=place, headers=headers, value=record.value or b"")
    return Heard(datetime.fromtimestamp(timestamp_ms / 1000, UTC), consumer, message)
