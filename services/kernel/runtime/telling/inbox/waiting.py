"""Events that wait, held or parked: rows that are listed, repaired and replayed in sequence."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.kernel.language.envelope import Envelope
from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.outbox import attributes_of
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import INBOX_CURSOR as CURSOR
from services.kernel.runtime.storing.tables import INBOX_WAITING as WAITING

HELD = "held"
PARKED = "parked"

UNKNOWN = "unknown"
"""The cause of what is parked because no fact of its type and version is known here: nobody's fault."""
BRAKED = "braked"
"""The cause of what is held because too much of its source was parked."""

_LIGHT = [
    WAITING.c[name]
    for name in ("id", "topic", "key", "sequence", "epoch", "event_id", "kind", "cause", "source", "place")
]


@dataclass(frozen=True, slots=True)
class HeldLimits:
    """How many events a consumer holds, in all and of one key; what comes then is read again later."""

    in_all: int = 10_000
    of_a_key: int = 1_000


def waiting_row(
    consumer: str,
    topic: str,
    place: str,
    envelope: Envelope,
    *,
    kind: str,
    reason: str,
    now: datetime,
    tries: int = 0,
    cause: str = "",
) -> dict[str, Any]:
    """A waiting row for a readable event."""
    return {
        "consumer": consumer,
        "topic": topic,
        "key": envelope.subject,
        "sequence": envelope.sequence,
        "epoch": envelope.epoch,
        "event_id": envelope.id,
        "type": envelope.type,
        "kind": kind,
        "cause": cause,
        "source": envelope.sender,
        "reason": plain(reason),
        "tries": tries,
        "attributes": plain(json.dumps(attributes_of(envelope), ensure_ascii=False), 100_000),
        "body": envelope.data,
        "place": place,
        "since": now,
    }


def unreadable_row(
    consumer: str,
    topic: str,
    place: str,
    headers: Sequence[tuple[str, bytes]],
    value: bytes,
    *,
    reason: str,
    now: datetime,
) -> dict[str, Any]:
    """A parked row for a message without usable id, key or sequence; it holds nothing behind it."""
    kept = {name: raw.decode("utf-8", "backslashreplace") for name, raw in headers}
    return {
        "consumer": consumer,
        "topic": topic,
        "key": None,
        "sequence": None,
        "epoch": 0,
        "event_id": plain(kept.get("ce_id", ""), 64) or None,
        "type": plain(kept.get("ce_type", ""), 80) or None,
        "kind": PARKED,
        "cause": "",
        "source": plain(kept.get("ce_node", ""), 60) or None,
        "reason": plain(reason),
        "tries": 0,
        "attributes": plain(json.dumps(kept, ensure_ascii=False), 100_000),
        "body": value,
        "place": place,
        "since": now,
    }


def plain(text: str, longest: int = 2000) -> str:
    """The text as a column takes it: not too long, and without the one character that PostgreSQL refuses."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")[:longest]


async def put(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Store waiting rows; one that already waits (same topic and place) is passed over."""
    dialect: Any = postgresql if many_values.is_postgresql(session) else sqlite
    await session.execute(dialect.insert(WAITING).on_conflict_do_nothing(), list(rows))


async def of_keys(session: AsyncSession, consumer: str, topic: str, keys: Sequence[str]) -> list[Any]:
    """The waiting rows of these keys, in sequence and without their bodies."""
    query = (
        select(*_LIGHT)
        .where(
            WAITING.c.consumer == consumer,
            WAITING.c.topic == topic,
            WAITING.c.key.in_(many_values.texts(session, keys)),
        )
        .order_by(WAITING.c.key, WAITING.c.sequence, WAITING.c.id)
    )
    return list(await session.execute(query))


async def forget(session: AsyncSession, waiting_ids: Collection[int]) -> None:
    """Delete waiting rows: they were applied, or are known."""
    await session.execute(delete(WAITING).where(WAITING.c.id.in_(many_values.numbers(session, waiting_ids))))


async def park(
    session: AsyncSession, consumer: str, topic: str, event_id: str, *, reason: str, tries: int = 0, cause: str = ""
) -> None:
    """Turn a held event into a parked one: it failed when its turn came."""
    await session.execute(
        update(WAITING)
        .where(WAITING.c.consumer == consumer, WAITING.c.topic == topic, WAITING.c.event_id == event_id)
        .values(kind=PARKED, reason=plain(reason), tries=tries, cause=cause)
    )


async def repair(session: AsyncSession, waiting_id: int, body: bytes) -> None:
    """Replace the data of a parked event, to be replayed afterwards."""
    await session.execute(update(WAITING).where(WAITING.c.id == waiting_id).values(body=body))


async def find(session: AsyncSession, waiting_id: int) -> Any | None:
    """One waiting row."""
    return (await session.execute(select(WAITING).where(WAITING.c.id == waiting_id))).one_or_none()


async def list_waiting(session: AsyncSession, *, kind: str | None = None, limit: int = 50) -> list[Any]:
    """The first waiting rows, oldest first."""
    query = select(WAITING).order_by(WAITING.c.id).limit(limit)
    return list(await session.execute(query.where(WAITING.c.kind == kind) if kind else query))


async def count_held(session: AsyncSession, consumer: str) -> tuple[int, int]:
    """How many events a consumer holds, and how many of the key that has most of them."""
    query = select(func.count()).where(WAITING.c.consumer == consumer, WAITING.c.kind == HELD)
    counts = list((await session.execute(query.group_by(WAITING.c.topic, WAITING.c.key))).scalars())
    return sum(counts), max(counts, default=0)


async def count_parked_of(session: AsyncSession, consumer: str, source: str) -> int:
    """How many events of a source wait for a person because they failed; what is unknown here does not count."""
    query = select(func.count()).where(
        WAITING.c.consumer == consumer,
        WAITING.c.kind == PARKED,
        WAITING.c.source == source,
        func.coalesce(WAITING.c.cause, "") != UNKNOWN,
    )
    return int((await session.execute(query)).scalar_one())


async def ready_places(
    session: AsyncSession, consumer: str, braked: Collection[str], limit: int = 1000
) -> list[tuple[str, str]]:
    """The (topic, key) whose next event is held here already: of a source that was slowed, or cut off half way.

    What is next says `succession.succession_of`; this is the same in SQL.
    """
    of_key = and_(
        CURSOR.c.consumer == WAITING.c.consumer, CURSOR.c.topic == WAITING.c.topic, CURSOR.c.key == WAITING.c.key
    )
    epoch, sequence = func.coalesce(CURSOR.c.epoch, 0), func.coalesce(CURSOR.c.sequence, 0)
    is_restored = and_(
        WAITING.c.epoch > epoch,
        WAITING.c.sequence <= sequence,
        WAITING.c.event_id != func.coalesce(CURSOR.c.last_id, ""),
    )
    query = (
        select(WAITING.c.topic, WAITING.c.key)
        .distinct()
        .outerjoin(CURSOR, of_key)
        .where(
            WAITING.c.consumer == consumer,
            WAITING.c.kind == HELD,
            WAITING.c.epoch >= epoch,
            or_(WAITING.c.sequence == sequence + 1, is_restored),
            or_(WAITING.c.source.is_(None), WAITING.c.source.not_in(many_values.texts(session, braked))),
        )
        .limit(limit)
    )
    return [(topic, key) for topic, key in await session.execute(query)]
