"""Who may do a thing alone: a lock per node and service, fenced by a term that its transactions check."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import LEASE

ANSWERS_WITHIN_S = 5.0
"""A server that is silent for so long has lost its power or its cable: the lock is given up."""


class LeaseLost(RuntimeError):
    """Another process has taken over; what this transaction would do is no longer ours to do."""


class Lease:
    """One named right to act alone, e.g. `relay`. Held by a file lock (SQLite) or an advisory lock (PostgreSQL).

    Every taking raises the term; a transaction that does the lease's work calls `check` and
    fails when a later holder has come, so that a process that only slept cannot do harm.
    """

    def __init__(self, database: Database, name: str, *, folder: Path) -> None:
        self.database = database
        self.name = f"{database.node.node_id}.{database.service}.{name}"
        self.term = 0
        self._path = folder / f"{self.name}.lock"
        self._file: int | None = None
        self._connection: AsyncConnection | None = None

    async def take(self) -> bool:
        """Take the lease if nobody holds it; False when somebody does."""
        taken = await self._lock_file() if self.database.is_sqlite else await self._lock_advisory()
        if taken:
            await self._raise_term()
        return taken

    async def check(self, session: AsyncSession) -> None:
        """Fail the transaction unless this lease is still ours.

        Raises:
            LeaseLost: A later holder has raised the term.
        """
        query = select(LEASE.c.term).where(LEASE.c.name == self.name).with_for_update(read=True)
        if (await session.execute(query)).scalar_one_or_none() != self.term:
            raise LeaseLost(self.name)

    async def is_alive(self) -> bool:
        """Whether the lock's own connection still stands."""
        if self._connection is None:
            return self._file is not None
        try:
            await asyncio.wait_for(self._connection.execute(text("SELECT 1")), ANSWERS_WITHIN_S)
        except Exception:  # noqa: BLE001 - any failure means that the server has let the lock go
            return False
        return True

    async def release(self) -> None:
        """Give the lease back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await _unlock(connection, self.name)

    async def _lock_file(self) -> bool:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    async def _lock_advisory(self) -> bool:
        connection = await self.database.standing.connect()
        connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        query = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
        if (await connection.execute(query, {"name": self.name})).scalar_one():
            self._connection = connection
            return True
        await connection.close()
        return False

    async def _raise_term(self) -> None:
        async with AsyncSession(self.database.engine) as session, session.begin():
            raised: Any = await session.execute(
                text(
                    "INSERT INTO lease (name, term) VALUES (:name, 1) "
                    "ON CONFLICT (name) DO UPDATE SET term = lease.term + 1 RETURNING term"
                ),
                {"name": self.name},
            )
            self.term = raised.scalar_one()


async def _unlock(connection: AsyncConnection, name: str) -> None:
    """Let the lock go by ending its session; a server that does not answer lets it go by itself."""
    try:
        query = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
        await asyncio.wait_for(connection.execute(query, {"name": name}), ANSWERS_WITHIN_S)
        await asyncio.wait_for(connection.close(), ANSWERS_WITHIN_S)
    except Exception:  # noqa: BLE001 - the server is away, or we are: the session's end lets the lock go
        with contextlib.suppress(Exception):
            await asyncio.wait_for(connection.invalidate(), ANSWERS_WITHIN_S)
