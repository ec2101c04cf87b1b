"""Which rows of a lane leave next: the oldest, in bounded batches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import OUTBOX

ROWS = 250
BYTES = 1_000_000


async def next_rows(session: AsyncSession, *, urgent: bool, alone: Collection[int] = ()) -> Sequence[Any]:
    """The rows of one lane to be published next; a row of `alone` comes as the only one."""
    if not (ids := await _next_ids(session, urgent=urgent, alone=alone)):
        return []
    chosen = OUTBOX.c.id.in_(many_values.numbers(session, ids))
    return list(await session.execute(select(OUTBOX).where(chosen).order_by(OUTBOX.c.id)))


async def _next_ids(session: AsyncSession, *, urgent: bool, alone: Collection[int]) -> list[int]:
    """Ids first: bodies may have 900 KB each, and only so many are read as are sent."""
    ids: list[int] = []
    size = 0
    for row in await session.execute(_NEXT[urgent]):
        size += row.size
        if ids and (size > BYTES or row.id in alone):
            break
        ids.append(row.id)
        if row.id in alone:
            break
    return ids


def _next(*, urgent: bool) -> Select[Any]:
    left = (OUTBOX.c.published_at.is_(None), OUTBOX.c.urgent.is_(urgent), OUTBOX.c.aside_reason.is_(None), ~_waits())
    sized = select(OUTBOX.c.id, func.length(OUTBOX.c.body).label("size"))
    return sized.where(*left).order_by(OUTBOX.c.id).limit(ROWS)


def _waits() -> ColumnElement[bool]:
    """Whether an earlier row of the key is set aside: it would leave a gap before this one."""
    earlier = OUTBOX.alias()
    return exists().where(
        earlier.c.aside_reason.is_not(None),
        earlier.c.topic == OUTBOX.c.topic,
        earlier.c.key == OUTBOX.c.key,
        earlier.c.sequence < OUTBOX.c.sequence,
        earlier.c.sequence > 0,
    )


_NEXT = {urgent: _next(urgent=urgent) for urgent in (True, False)}
