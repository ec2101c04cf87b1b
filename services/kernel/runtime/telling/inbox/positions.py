"""Positions: how far a consumer applied each partition, kept beside the effects and written in their transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import INBOX_POSITION as POSITION

Partition = tuple[str, int]
"""(full topic, partition)."""


@dataclass(frozen=True, slots=True)
class Position:
    """The next offset to be read, of the topic that had this id, and the id of the event before it.

    A topic that is made again has another id, and offsets of the old one mean nothing in it.
    `skipped_from` is the first offset that was passed over while too much was held.
    """

    topic_id: str
    next_offset: int
    last_id: str = ""
    skipped_from: int | None = None

    @property
    def comes_back_to(self) -> int:
        """The first offset that is still to be read: what was passed over is read again."""
        return self.next_offset if self.skipped_from is None else min(self.skipped_from, self.next_offset)


async def load_positions(session: AsyncSession, consumer: str) -> dict[Partition, Position]:
    """Every position of a consumer."""
    rows = await session.execute(select(POSITION).where(POSITION.c.consumer == consumer))
    return {
        (row.topic, row.partition): Position(row.topic_id, row.next_offset, row.last_id, row.skipped_from)
        for row in rows
    }


async def put_positions(session: AsyncSession, consumer: str, positions: Mapping[Partition, Position]) -> None:
    """Move these positions; what was skipped stays noted for as long as the topic is the same."""
    statement = _put(is_postgresql=many_values.is_postgresql(session))
    await session.execute(statement, [_row(consumer, place, position) for place, position in sorted(positions.items())])


@cache
def _put(*, is_postgresql: bool) -> Any:
    row = (postgresql if is_postgresql else sqlite).insert(POSITION)
    changed = {name: row.excluded[name] for name in ("topic_id", "next_offset", "last_id")}
    is_same = POSITION.c.topic_id == row.excluded.topic_id
    changed["skipped_from"] = case((is_same, POSITION.c.skipped_from), else_=None)
    return row.on_conflict_do_update(index_elements=["consumer", "topic", "partition"], set_=changed)


async def note_skipped(session: AsyncSession, consumer: str, skipped: Mapping[Partition, int]) -> None:
    """Remember the first offset of each partition that is to be read again."""
    for (topic, partition), offset in sorted(skipped.items()):
        is_earlier = or_(POSITION.c.skipped_from.is_(None), POSITION.c.skipped_from > offset)
        await session.execute(
            update(POSITION).where(*_at(consumer, topic, partition), is_earlier).values(skipped_from=offset)
        )


async def go_back_to_skipped(session: AsyncSession, consumer: str, partitions: Collection[Partition]) -> None:
    """Set these positions back to what was skipped; only while nothing of these partitions is being applied."""
    for topic, partition in sorted(partitions):
        await session.execute(
            update(POSITION)
            .where(*_at(consumer, topic, partition), POSITION.c.skipped_from.is_not(None))
            .values(next_offset=POSITION.c.skipped_from, last_id="", skipped_from=None)
        )


async def forget_positions(session: AsyncSession, consumer: str, partitions: Collection[Partition]) -> None:
    """Forget how far these partitions were read: they are read from their beginning."""
    for topic, partition in partitions:
        await session.execute(delete(POSITION).where(*_at(consumer, topic, partition)))


def _at(consumer: str, topic: str, partition: int) -> tuple[Any, Any, Any]:
    return POSITION.c.consumer == consumer, POSITION.c.topic == topic, POSITION.c.partition == partition


def _row(consumer: str, place: Partition, position: Position) -> dict[str, Any]:
    return {
        "consumer": consumer,
        "topic": place[0],
        "partition": place[1],
        "topic_id": position.topic_id,
        "next_offset": position.next_offset,
        "last_id": position.last_id,
    }
