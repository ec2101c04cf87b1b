"""Events that wait, held or parked: rows that are listed, repaired and replayed in sequence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from services.kernel.language.envelope import Envelope
from services.kernel.runtime import sets
from services.kernel.runtime.outbox import attributes_of
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.tables import INBOX_WAITING as WAITING

HELD = "held"
PARKED = "parked"


def waiting_row(
    consumer: str, topic: str, place: str, envelope: Envelope, *, kind: str, reason: str, now: datetime, tries: int = 0
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
        "reason": reason[:2000],
        "tries": tries,
        "attributes": json.dumps(attributes_of(envelope), ensure_ascii=False),
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
        "event_id": kept.get("ce_id", "")[:64] or None,
        "type": kept.get("ce_type", "")[:80] or None,
        "kind": PARKED,
        "reason": reason[:2000],
        "tries": 0,
        "attributes": json.dumps(kept, ensure_ascii=False),
        "body": value,
        "place": place,
        "since": now,
    }


async def put(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Store waiting rows; one that already waits (same topic and place) is passed over."""
    for row in rows:
        at_place = (WAITING.c.consumer == row["consumer"]) & (WAITING.c.topic == row["topic"])
        same = select(WAITING.c.id).where(at_place, _same_event(row)).limit(1)
        if (await session.execute(same)).scalar_one_or_none() is None:
            await session.execute(insert(WAITING).values(**row))


async def of_keys(session: AsyncSession, consumer: str, topic: str, keys: Sequence[str]) -> list[Any]:
    """The waiting rows of these keys, in sequence."""
    query = (
        select(WAITING)
        .where(WAITING.c.consumer == consumer, WAITING.c.topic == topic, WAITING.c.key.in_(sets.texts(session, keys)))
        .order_by(WAITING.c.key, WAITING.c.sequence, WAITING.c.id)
    )
    return list(await session.execute(query))


async def forget_up_to(session: AsyncSession, consumer: str, topic: str, key: str, sequence: int) -> None:
    """Delete what is held at or below the cursor: it was applied. Parked events go by a replay alone."""
    await session.execute(
        delete(WAITING).where(
            WAITING.c.consumer == consumer,
            WAITING.c.topic == topic,
            WAITING.c.key == key,
            WAITING.c.sequence <= sequence,
            WAITING.c.kind == HELD,
        )
    )


async def forget(session: AsyncSession, waiting_id: int) -> None:
    """Delete one waiting row: it was replayed."""
    await session.execute(delete(WAITING).where(WAITING.c.id == waiting_id))


async def park(session: AsyncSession, consumer: str, topic: str, event_id: str, *, reason: str, tries: int) -> None:
    """Turn a held event into a parked one: it failed when its turn came."""
    await session.execute(
        update(WAITING)
        .where(WAITING.c.consumer == consumer, WAITING.c.topic == topic, WAITING.c.event_id == event_id)
        .values(kind=PARKED, reason=reason[:2000], tries=tries)
    )


async def repair(session: AsyncSession, waiting_id: int, body: bytes) -> None:
    """Replace the data of a parked event, to be replayed afterwards."""
    await session.execute(update(WAITING).where(WAITING.c.id == waiting_id).values(body=body))


async def find(session: AsyncSession, waiting_id: int) -> Any | None:
    """One waiting row."""
    return (await session.execute(select(WAITING).where(WAITING.c.id == waiting_id))).one_or_none()


async def list_waiting(
    session: AsyncSession, *, kind: str | None = None, after_id: int = 0, limit: int = 50
) -> list[Any]:
    """Waiting rows, oldest first, by keyset."""
    query = select(WAITING).where(WAITING.c.id > after_id).order_by(WAITING.c.id).limit(limit)
    return list(await session.execute(query.where(WAITING.c.kind == kind) if kind else query))


async def count_waiting(session: AsyncSession, consumer: str, kind: str) -> int:
    """How many events of a consumer wait."""
    query = select(func.count()).where(WAITING.c.consumer == consumer, WAITING.c.kind == kind)
    return int((await session.execute(query)).scalar_one())


def _same_event(row: dict[str, Any]) -> Any:
    if row["event_id"] and row["sequence"] is not None:
        return (WAITING.c.event_id == row["event_id"]) | (WAITING.c.place == row["place"])
    return WAITING.c.place == row["place"]
