"""SQLite statements that go to their connection's thread once, and come back with their rows."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite

_CHUNK = 64


class OneTripConnection(aiosqlite.Connection):
    """A connection whose cursors do everything in one trip.

    The driver's own makes four for a query (open a cursor, execute, fetch, close) and three for a
    change. Each waits for two threads to be woken, which on a busy node takes longer than the
    statement itself; an urgent fact makes some hundreds of them on its way.
    """

    def cursor(self) -> OneTripCursor:  # type: ignore[override]
        """A cursor, with as much of the driver's own as SQLAlchemy uses; it is nothing yet in the database."""
        return OneTripCursor(self)

    async def run(self, statement: partial[sqlite3.Cursor]) -> _Done:
        """Execute in the connection's thread."""
        done: _Done = await self._execute(_finish, statement)  # type: ignore[no-untyped-call]
        return done


class OneTripCursor:
    """What SQLAlchemy's adapter asks of a cursor."""

    __slots__ = ("_connection", "_rows", "arraysize", "description", "lastrowid", "rowcount")

    def __init__(self, connection: OneTripConnection) -> None:
        self._connection = connection
        self._rows: deque[Any] = deque()
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement and take all its rows."""
        self._take(await self._connection.run(partial(self._connection._conn.execute, sql, parameters)))  # noqa: SLF001 - the driver's own way

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each of the parameters."""
        self._take(await self._connection.run(partial(self._connection._conn.executemany, sql, parameters)))  # noqa: SLF001

    async def fetchall(self) -> list[Any]:
        """The rows, which are here already."""
        rows = list(self._rows)
        self._rows.clear()
        return rows

    async def close(self) -> None:
        """Forget the rows; in the database it was closed at once."""
        self._rows.clear()

    def _take(self, done: _Done) -> None:
        rows, self.description, self.rowcount, self.lastrowid = done
        self._rows = deque(rows)


def connect(database: str, **options: Any) -> OneTripConnection:
    """A connection to be awaited; its thread ends with the process."""
    connection = OneTripConnection(partial(sqlite3.connect, database, **options), _CHUNK)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with the driver's own
    return connection


_Done = tuple[list[Any], Any, int, int | None]


def _finish(statement: partial[sqlite3.Cursor]) -> _Done:
    cursor = statement()
    try:
        rows = cursor.fetchall() if cursor.description else []
        return rows, cursor.description, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()
