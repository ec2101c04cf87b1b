"""What the listener's own books say: cursors and waiting rows, without locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import INBOX_CURSOR as CURSOR
from services.kernel.runtime.storing.tables import INBOX_WAITING as WAITING
from services.kernel.runtime.telling.inbox.succession import Cursor
from services.kernel.runtime.telling.progress.judging import Reason

Place = tuple[str, str]
"""(full topic, key)."""


async def cursors(session: AsyncSession, places: Mapping[str, Sequence[Place]]) -> dict[Place, Cursor]:
    """The cursors of these places, by consumer; the start where there is none."""
    found = {place: Cursor() for some in places.values() for place in some}
    for consumer, some in places.items():
        for topic, keys in _by_topic(some).items():
            query = select(CURSOR.c.key, CURSOR.c.epoch, CURSOR.c.sequence, CURSOR.c.last_id).where(
                CURSOR.c.consumer == consumer,
                CURSOR.c.topic == topic,
                CURSOR.c.key.in_(many_values.texts(session, keys)),
            )
            for row in await session.execute(query):
                found[topic, row.key] = Cursor(row.epoch, row.sequence, row.last_id)
    return found


async def kinds(session: AsyncSession, places: Mapping[str, Sequence[Place]]) -> dict[tuple[str, str, Any], str]:
    """What waits at these places: (topic, key, sequence) → held or parked."""
    found = {}
    for consumer, some in places.items():
        for topic, keys in _by_topic(some).items():
            query = select(WAITING.c.key, WAITING.c.sequence, WAITING.c.kind).where(
                WAITING.c.consumer == consumer,
                WAITING.c.topic == topic,
                WAITING.c.key.in_(many_values.texts(session, keys)),
            )
            for row in await session.execute(query):
                found[topic, row.key, row.sequence] = row.kind
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a consumer's inbox waits: how many facts, and since when the oldest of them, by what holds them up."""

    counts: Mapping[Reason, int] = field(default_factory=dict)
    oldest: Mapping[Reason, datetime] = field(default_factory=dict)


async def waiting(session: AsyncSession, consumer: str, topics: Sequence[str]) -> Waiting:
    """What waits of these topics, those that nobody could read left out."""
    query = (
        select(WAITING.c.kind, func.count().label("count"), func.min(WAITING.c.since).label("since"))
        .where(WAITING.c.consumer == consumer, WAITING.c.topic.in_(topics), WAITING.c.key.is_not(None))
        .group_by(WAITING.c.kind)
    )
    rows = list(await session.execute(query))
    return Waiting({Reason(row.kind): row.count for row in rows}, {Reason(row.kind): row.since for row in rows})


def _by_topic(places: Sequence[Place]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for topic, key in places:
        found.setdefault(topic, []).append(key)
    return found
