"""Whether the outbox remembers what stands on the broker under the service's name: a restored database does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from aiokafka.structs import ConsumerRecord
from sqlalchemy import select

from services.kernel.language.envelope import Envelope, EnvelopeUnreadable, from_headers
from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import COUNTER, OUTBOX
from services.kernel.runtime.telling.relay.ends import BrokerPlace, known_topic_ids, newest_published
from services.kernel.runtime.telling.relay.scanning import scan
from services.kernel.runtime.telling.topics import TopicSeen

MARGIN = 200
"""How many records before the newest published one are looked at again at start."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record of ours on the broker, opened."""

    record: ConsumerRecord
    envelope: Envelope

    @property
    def number(self) -> tuple[str, str, int]:
        """Topic, key and sequence: what no two facts may share."""
        return self.record.topic, self.envelope.subject, self.envelope.sequence


@dataclass(frozen=True, slots=True)
class Compared:
    """A run of records: those whose id the outbox has, with their row's id, and those that it forgot."""

    known: Sequence[tuple[int, Found]]
    forgotten: Sequence[Found]


async def find_forgotten(database: Database, bootstrap_servers: str, seen: Mapping[str, TopicSeen]) -> list[Found]:
    """Facts of the service's own topics, near their end, that the outbox forgot."""
    starts = await _tails(database, seen)
    forgotten: dict[str, Found] = {}
    async for run in compare(database, bootstrap_servers, starts):
        forgotten |= {found.envelope.id: found for found in run.forgotten}
    return list(forgotten.values())


async def compare(
    database: Database, bootstrap_servers: str, starts: Mapping[BrokerPlace, int]
) -> AsyncIterator[Compared]:
    """Hold the broker's records against the outbox, run by run, from these offsets on."""
    async for records in scan(bootstrap_servers, starts):
        ours = [found for record in records if (found := _open(record))]
        async with database.reading() as session:
            rows = await _rows_by_id(session, [found.envelope.id for found in ours])
            unknown = [found for found in ours if found.envelope.id not in rows]
            forgotten = await _forgotten(session, unknown) if unknown else []
        yield Compared([(rows[found.envelope.id], found) for found in ours if found.envelope.id in rows], forgotten)


async def _rows_by_id(session: AsyncSession, ids: Sequence[str]) -> dict[str, int]:
    query = select(OUTBOX.c.event_id, OUTBOX.c.id).where(OUTBOX.c.event_id.in_(many_values.texts(session, ids)))
    return {row.event_id: row.id for row in await session.execute(query)}


async def _forgotten(session: AsyncSession, unknown: Sequence[Found]) -> list[Found]:
    """Those whose number was never given here, or was given to another fact.

    A number at or below its counter that no row bears belongs to a row that was kept long enough
    and deleted since: that one is not forgotten.
    """
    keys = {found.envelope.subject for found in unknown}
    counted = select(COUNTER.c.topic, COUNTER.c.key, COUNTER.c.sequence).where(
        COUNTER.c.key.in_(many_values.texts(session, keys))
    )
    last = {(topic, key): n for topic, key, n in await session.execute(counted)}
    borne = select(OUTBOX.c.topic, OUTBOX.c.key, OUTBOX.c.sequence).where(
        OUTBOX.c.key.in_(many_values.texts(session, keys))
    )
    taken = {tuple(row) for row in await session.execute(borne)}
    return [
        found for found in unknown if found.number in taken or found.envelope.sequence > last.get(found.number[:2], 0)
    ]


def from_the_beginning(seen: Mapping[str, TopicSeen]) -> dict[BrokerPlace, int]:
    """Every partition of these topics, from its first record."""
    return {(topic, partition): 0 for topic, one in seen.items() for partition in one.ends}


async def _tails(database: Database, seen: Mapping[str, TopicSeen]) -> dict[BrokerPlace, int]:
    """Where to look from: a little before the newest record that the outbox knows of.

    From the beginning where that offset says nothing: the topic was made again, or its end
    stands below, so that the log was cut and written on.
    """
    async with database.reading() as session:
        newest = await newest_published(session)
        ids = await known_topic_ids(session)
    starts = {}
    for (topic, partition), first in from_the_beginning(seen).items():
        after = newest.get((topic, partition), -1) + 1
        is_same = ids.get(topic, seen[topic].topic_id) == seen[topic].topic_id
        starts[topic, partition] = (
            max(after - MARGIN, first) if is_same and after <= seen[topic].ends[partition] else first
        )
    return starts


def _open(record: ConsumerRecord) -> Found | None:
    """The record as one of ours, or nothing: somebody else may have written on our topic."""
    try:
        envelope = from_headers([(name, value or b"") for name, value in record.headers], record.value or b"")
    except EnvelopeUnreadable:
        return None
    return Found(record, envelope) if envelope.sequence > 0 and envelope.subject else None
