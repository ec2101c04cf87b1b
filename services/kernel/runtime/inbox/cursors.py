"""Cursors in bulk: read with their rows locked, written in one statement."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from services.kernel.runtime.inbox.verdict import Cursor
from services.kernel.runtime.outbox import slices
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.tables import INBOX_CURSOR as CURSOR

Place = tuple[str, str]
"""(full topic, key)."""


async def load_cursors(session: AsyncSession, consumer: str, places: Collection[Place]) -> dict[Place, Cursor]:
    """The cursors of these places, locked until the commit; the start where there is none yet."""
    found = dict.fromkeys(places, Cursor())
    for some in slices(sorted(places), 400):
        query = select(CURSOR).where(CURSOR.c.consumer == consumer, tuple_(CURSOR.c.topic, CURSOR.c.key).in_(some))
        for row in await session.execute(query.order_by(CURSOR.c.topic, CURSOR.c.key).with_for_update()):
            found[row.topic, row.key] = Cursor(row.epoch, row.sequence, row.last_id)
    return found


async def put_cursors(session: AsyncSession, consumer: str, cursors: dict[Place, Cursor]) -> None:
    """Move these cursors, sorted so that two processes never wait for each other."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [
        {
            "consumer": consumer,
            "topic": topic,
            "key": key,
            "sequence": c.sequence,
            "last_id": c.last_id,
            "epoch": c.epoch,
        }
        for (topic, key), c in sorted(cursors.items())
    ]
    row = dialect.insert(CURSOR)
    changed = {name: row.excluded[name] for name in ("sequence", "last_id", "epoch")}
    statement = row.on_conflict_do_update(index_elements=["consumer", "topic", "key"], set_=changed)
    await session.execute(statement, rows)
