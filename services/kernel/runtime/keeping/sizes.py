"""How much a service's database takes on the disk, and giving back what it no longer needs."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing

from sqlalchemy import text

from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.session import AsyncSession

STEP_PAGES = 200
LOG_TRY_MS, LOG_TRIES = 500, 240
_POSTGRESQL_BYTES = text(
    "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class AS c "
    "JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r'"
)


async def size_bytes(session: AsyncSession) -> int:
    """Tables, indexes and free pages of the session's service, in bytes."""
    if session.get_bind().dialect.name == "postgresql":
        return int((await session.execute(_POSTGRESQL_BYTES)).scalar_one())
    pages = (await session.execute(text("PRAGMA page_count"))).scalar_one()
    return int(pages * (await session.execute(text("PRAGMA page_size"))).scalar_one())


async def give_back_pages(session: AsyncSession) -> int:
    """Return some free pages of an SQLite file to the disk; how many. PostgreSQL does it by autovacuum."""
    if session.get_bind().dialect.name == "postgresql":
        return 0
    before = await _free_pages(session)
    if not before:
        return 0
    for _ in range(min(before, STEP_PAGES)):  # asked for many, the driver stops after the first: they are no rows to it
        await session.execute(text("PRAGMA incremental_vacuum(1)"))
    return before - await _free_pages(session)


async def rewrite(database: Database) -> None:
    """Write the whole database anew: no free space is left in it, and nothing that was deleted can be read there.

    SQLite needs as much free disk as the file has, and nobody writes meanwhile.

    Raises:
        TimeoutError: Its log could not be emptied.
    """
    if database.is_sqlite:
        await asyncio.to_thread(_rewrite_file, database.url.database or "")
        return
    async with database.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text("VACUUM FULL"))


def _rewrite_file(path: str) -> None:
    """On a connection of its own: those of the service begin a transaction, in which nothing can be rewritten."""
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        for statement in ("PRAGMA auto_vacuum=INCREMENTAL", "VACUUM"):
            connection.execute(statement).fetchall()
        _empty_log(connection)


def _empty_log(connection: sqlite3.Connection) -> None:
    """Empty the write-ahead log: until then what was deleted can be read there.

    It waits for all readers and lets nobody write meanwhile, so it is tried again and again for a
    moment each. While somebody always reads, the log cannot be emptied, and the caller is told.
    """
    connection.execute(f"PRAGMA busy_timeout={LOG_TRY_MS}")
    for _ in range(LOG_TRIES):
        is_busy, _in_log, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not is_busy:
            return
        time.sleep(LOG_TRY_MS / 1000)
    raise TimeoutError("the write-ahead log could not be emptied: somebody always reads")


async def _free_pages(session: AsyncSession) -> int:
    return int((await session.execute(text("PRAGMA freelist_count"))).scalar_one())
