"""Cursors in bulk: read with their rows locked, written in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from services.kernel.runtime.inbox.verdict import Cursor
from services.kernel.runtime.outbox import slices
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.tables import INBOX_CURSOR as CURSOR

Place = tuple[str, str]
"""(full topic, key)."""


async def load_cursors(session: AsyncSession, consumer: str, places: Collection[Place]) -> dict[Place, Cursor]:
    """The cursors of these places, locked until the commit; the start where there is none yet.

    A row that is not there cannot be locked, so on PostgreSQL it is made first: two processes
    that hold one partition for a moment (a rebalance) would both apply the first event of a key.
    SQLite has one writer anyway.
    """
    found = dict.fromkeys(places, Cursor())
    wanted = sorted(places)
    locked = await _read(session, consumer, wanted)
    if (unborn := [place for place in wanted if place not in locked]) and _dialect(session) is postgresql:
        rows = [_row(consumer, place, Cursor()) for place in unborn]
        await session.execute(postgresql.insert(CURSOR).on_conflict_do_nothing(), rows)
        locked |= await _read(session, consumer, unborn)
    return found | locked


async def _read(session: AsyncSession, consumer: str, places: Sequence[Place]) -> dict[Place, Cursor]:
    found: dict[Place, Cursor] = {}
    for some in slices(places, 400):
        query = select(CURSOR).where(CURSOR.c.consumer == consumer, tuple_(CURSOR.c.topic, CURSOR.c.key).in_(some))
        for row in await session.execute(query.order_by(CURSOR.c.topic, CURSOR.c.key).with_for_update()):
            found[row.topic, row.key] = Cursor(row.epoch, row.sequence, row.last_id)
    return found


async def put_cursors(session: AsyncSession, consumer: str, cursors: dict[Place, Cursor]) -> None:
    """Move these cursors, sorted so that two processes never wait for each other."""
    row = _dialect(session).insert(CURSOR)
    changed = {name: row.excluded[name] for name in ("sequence", "last_id", "epoch")}
    statement = row.on_conflict_do_update(index_elements=["consumer", "topic", "key"], set_=changed)
    await session.execute(statement, [_row(consumer, place, cursor) for place, cursor in sorted(cursors.items())])


def _dialect(session: AsyncSession) -> Any:
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


def _row(consumer: str, place: Place, cursor: Cursor) -> dict[str, Any]:
    topic, key = place
    values = {"sequence": cursor.sequence, "last_id": cursor.last_id, "epoch": cursor.epoch}
    return {"consumer": consumer, "topic": topic, "key": key, **values}
