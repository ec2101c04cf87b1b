"""Cursors in bulk: read with their rows locked, written in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.erased import ITEMS_HELD
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import INBOX_CURSOR as CURSOR
from services.kernel.runtime.telling.inbox.succession import Cursor

Place = tuple[str, str]
"""(full topic, key)."""


async def load_cursors(session: AsyncSession, consumer: str, places: Collection[Place]) -> dict[Place, Cursor]:
    """The cursors of these places, locked until the commit as their items are; the start where there is none yet.

    A row that is not there cannot be locked, so on PostgreSQL it is made first: two processes
    that hold one partition for a moment (a rebalance) would both apply the first event of a key.
    SQLite has one writer anyway.
    """
    found = dict.fromkeys(places, Cursor())
    wanted = sorted(places)
    locked = await _read(session, consumer, wanted)
    if (unborn := [place for place in wanted if place not in locked]) and many_values.is_postgresql(session):
        rows = [_row(consumer, place, Cursor()) for place in unborn]
        await session.execute(postgresql.insert(CURSOR).on_conflict_do_nothing(), rows)
        locked |= await _read(session, consumer, unborn)
    return found | locked


_READ = "SELECT c.topic, c.key, c.sequence, c.last_id, c.epoch FROM "
_READ_POSTGRESQL = text(
    _READ + "inbox_cursor AS c JOIN unnest(CAST(:topics AS text[]), CAST(:keys AS text[])) AS p (topic, key) "
    f"ON c.topic = p.topic AND c.key = p.key WHERE c.consumer = :consumer AND {ITEMS_HELD} "
    "ORDER BY c.topic, c.key FOR UPDATE OF c"
)
_READ_SQLITE = text(
    _READ + "json_each(:rows) AS p CROSS JOIN inbox_cursor AS c ON c.consumer = :consumer "
    "AND c.topic = json_extract(p.value, '$[0]') AND c.key = json_extract(p.value, '$[1]')"
)


async def _read(session: AsyncSession, consumer: str, places: Sequence[Place]) -> dict[Place, Cursor]:
    statement = _READ_POSTGRESQL if many_values.is_postgresql(session) else _READ_SQLITE
    values = {"consumer": consumer, **many_values.columns(session, places, "topics", "keys")}
    found = await session.execute(statement, values)
    return {(row.topic, row.key): Cursor(row.epoch, row.sequence, row.last_id) for row in found}


async def put_cursors(session: AsyncSession, consumer: str, cursors: dict[Place, Cursor]) -> None:
    """Move these cursors, sorted so that two processes never wait for each other."""
    statement = _put(is_postgresql=many_values.is_postgresql(session))
    await session.execute(statement, [_row(consumer, place, cursor) for place, cursor in sorted(cursors.items())])


@cache
def _put(*, is_postgresql: bool) -> Any:
    row = (postgresql if is_postgresql else sqlite).insert(CURSOR)
    changed = {name: row.excluded[name] for name in ("sequence", "last_id", "epoch")}
    return row.on_conflict_do_update(index_elements=["consumer", "topic", "key"], set_=changed)


def _row(consumer: str, place: Place, cursor: Cursor) -> dict[str, Any]:
    topic, key = place
    values = {"sequence": cursor.sequence, "last_id": cursor.last_id, "epoch": cursor.epoch}
    return {"consumer": consumer, "topic": topic, "key": key, **values}
