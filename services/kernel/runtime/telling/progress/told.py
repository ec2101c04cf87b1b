"""What the teller's books say of its facts: outbox rows without their bodies, and counters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_, update

from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import COUNTER, OUTBOX, OUTBOX_TOPIC

TO_COME = timedelta(minutes=2)
PAGE = 1000
"""How many rows one question reads at most."""

_COLUMNS = (
    OUTBOX.c.id, OUTBOX.c.topic, OUTBOX.c.key, OUTBOX.c.sequence, OUTBOX.c.epoch, OUTBOX.c.event_id, OUTBOX.c.type,
    OUTBOX.c.told_at, OUTBOX.c.published_at, OUTBOX.c.broker_partition, OUTBOX.c.broker_offset, OUTBOX_TOPIC.c.topic_id,
)  # fmt: skip
_ROWS = select(*_COLUMNS).select_from(OUTBOX.outerjoin(OUTBOX_TOPIC, OUTBOX.c.topic == OUTBOX_TOPIC.c.topic))


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as its teller knows it; `id` is the outbox row's, `topic` the full name.

    It stands at `offset` of `partition`, while the broker's topic has `topic_id`.
    """

    id: int
    topic: str
    key: str
    sequence: int
    epoch: int
    event_id: str
    type: str
    told_at: datetime
    published_at: datetime | None
    partition: int | None
    offset: int | None
    topic_id: str | None

    @property
    def place(self) -> tuple[str, str]:
        """(full topic, key)."""
        return self.topic, self.key

    @property
    def stretch(self) -> tuple[str, int | None]:
        """(full topic, partition): within it the broker keeps the order."""
        return self.topic, self.partition

    def to_wire(self) -> list[Any]:
        """The fields in order, times as text."""
        published = self.published_at.isoformat() if self.published_at else None
        fields = (self.id, self.topic, self.key, self.sequence, self.epoch, self.event_id, self.type)
        return [*fields, self.told_at.isoformat(), published, self.partition, self.offset, self.topic_id]

    @classmethod
    def from_wire(cls, said: Sequence[Any]) -> Told:
        """What `to_wire` wrote down."""
        id_, topic, key, sequence, epoch, event_id, type_, told_at, published_at, *where = said
        published = datetime.fromisoformat(published_at) if published_at else None
        told = datetime.fromisoformat(told_at)
        return cls(id_, topic, key, sequence, epoch, event_id, type_, told, published, *where)


async def list_told(
    session: AsyncSession, topics: Collection[str], *, after: int, limit: int = PAGE
) -> tuple[list[Told], int | None]:
    """Facts of these topics among the next `limit` rows of the outbox; and the last row looked at, None at the end.

    The window is counted over all topics: a listener of a rare topic reads no further for it.
    """
    window = _ROWS.where(OUTBOX.c.id > after).order_by(OUTBOX.c.id).limit(limit)
    rows = [Told(*row) for row in await session.execute(window)]
    wanted = [row for row in rows if row.topic in topics]
    return wanted, rows[-1].id if rows else None


async def list_by_id(session: AsyncSession, ids: Sequence[int]) -> list[Told]:
    """These rows, as far as they are still there."""
    query = _ROWS.where(OUTBOX.c.id.in_(ids[:PAGE])).order_by(OUTBOX.c.id)
    return [Told(*row) for row in await session.execute(query)]


async def list_above(session: AsyncSession, places: Sequence[tuple[str, str, int]]) -> list[Told]:
    """Facts of these (topic, key) above the number given, oldest first."""
    if not places:
        return []
    above = (and_(OUTBOX.c.topic == topic, OUTBOX.c.key == key, OUTBOX.c.sequence > n) for topic, key, n in places)
    query = _ROWS.where(or_(*above)).order_by(OUTBOX.c.id).limit(PAGE)
    return [Told(*row) for row in await session.execute(query)]


async def newest_id(session: AsyncSession) -> int:
    """The id of the newest fact, 0 when none was ever told."""
    return int((await session.execute(select(func.max(OUTBOX.c.id)))).scalar_one() or 0)


async def list_counters(
    session: AsyncSession, topics: Collection[str], *, after: tuple[str, str], limit: int = PAGE
) -> list[tuple[str, str, int]]:
    """How far each (topic, key) was told, in the order of topic and key."""
    place = tuple_(COUNTER.c.topic, COUNTER.c.key)
    query = (
        select(COUNTER.c.topic, COUNTER.c.key, COUNTER.c.sequence)
        .where(COUNTER.c.topic.in_(many_values.texts(session, sorted(topics))), place > after)
        .order_by(COUNTER.c.topic, COUNTER.c.key)
        .limit(limit)
    )
    return [(row.topic, row.key, row.sequence) for row in await session.execute(query)]


async def publish_again(session: AsyncSession, ids: Sequence[int], *, published_before: datetime) -> int:
    """Put these facts back among those to be published; what left a moment ago is still on its way.

    What seems to have left in the future did so under a clock that has been set right since.
    """
    left_at = OUTBOX.c.published_at
    is_long_ago = or_(left_at < published_before, left_at > published_before + TO_COME)
    chosen = update(OUTBOX).where(OUTBOX.c.id.in_(ids), is_long_ago)
    done: Any = await session.execute(chosen.values(published_at=None))
    return int(done.rowcount)


async def count_unpublished(session: AsyncSession) -> int:
    """How many facts wait to be published."""
    query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.published_at.is_(None))
    return int((await session.execute(query)).scalar_one())
