"""SQLite engines: one that writes and one that reads, on connections that let go of their lock when they are closed."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from services.kernel.runtime.storing.single_trip import connect

_OF_A_NEW_FILE = "PRAGMA auto_vacuum=INCREMENTAL"
"""Freed pages can go back to the disk. It takes the write lock, and says nothing once there is a table."""
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=ON",  # what is deleted or replaced does not stay readable in the file
)


class LettingGo(sqlite3.Connection):
    """A connection that rolls back before it closes.

    A task cancelled within a statement leaves its cursor behind, and SQLite keeps a closed
    connection, with its write lock, for as long as a cursor of it lives: every other writer
    then waited out its ten seconds.
    """

    def close(self) -> None:
        """Let the lock go, then close."""
        with contextlib.suppress(sqlite3.Error):  # closed before, or never opened
            if self.in_transaction:
                self.rollback()
        super().close()


def sqlite_engine(url: URL, *, begin: str, size: int) -> AsyncEngine:
    """An engine of up to `size` connections that begin their transactions with `begin`."""
    engine = create_async_engine(
        url,
        connect_args={"factory": LettingGo, "async_creator_fn": connect},
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA page_count")
        is_new = not cursor.fetchone()[0]
        for pragma in (_OF_A_NEW_FILE, *_PRAGMAS) if is_new else _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_now(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
