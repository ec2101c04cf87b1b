"""A service's database: SQLite by default, a PostgreSQL schema by URL; reading, and transactions that tell."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.kernel.language.envelope import Envelope
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.settings import NodeInfo, Settings
from services.kernel.runtime.sqlite import sqlite_engine
from services.kernel.runtime.transaction import Transaction

Fence = Callable[[AsyncSession], Awaitable[None]]
"""Raises when the transaction's maker may no longer act alone (see `leases`)."""


def database_url(settings: Settings, service: str) -> URL:
    """Where a service of this node keeps its data."""
    if settings.database_url:
        return make_url(settings.database_url)
    return make_url(f"sqlite+aiosqlite:///{Path(settings.data_dir) / f'{service}.db'}")


class Database:
    """Opens reading sessions and write transactions of one service.

    On SQLite one connection writes at a time (BEGIN IMMEDIATE) while others read (WAL); on
    PostgreSQL the service's tables live in the schema named like the service.
    """

    def __init__(self, url: URL | str, *, service: str, node: NodeInfo) -> None:
        self.url = make_url(url)
        self.service = service
        self.node = node
        self.told = asyncio.Event()
        self.on_signal: Callable[[str], None] = lambda channel: None
        self._turn = asyncio.Lock()
        self._check_fence: Fence = _no_fence
        if self.is_sqlite:
            self._writer = sqlite_engine(self.url, begin="BEGIN IMMEDIATE", size=1)
            self._reader = sqlite_engine(self.url, begin="BEGIN", size=4)
        else:
            self._writer = self._reader = _postgresql_engine(self.url, service)

    def fenced(self, check: Fence) -> Database:
        """The same database for the holder of a lease: each of its transactions checks first that it still is."""
        holder = copy.copy(self)
        holder._check_fence = check  # noqa: SLF001 - a copy of this very object
        return holder

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the one-file database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes (migrations, administration)."""
        return self._writer

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads, on a snapshot of its own."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def transaction(self, now: datetime, *, cause: Envelope | None = None) -> AsyncIterator[Transaction]:
        """A write transaction; commits when the block ends, rolls back when it raises."""
        async with self._turn if self.is_sqlite else nullcontext():  # noqa: SIM117 - the turn comes before the session
            async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
                await self._check_fence(session)
                transaction = Transaction(session, now, self.node, self.service, cause)
                yield transaction
                await transaction.seal()
        if transaction.told:
            self.told.set()
        transaction.committed()
        for channel in transaction.signals:
            self.on_signal(channel)

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


async def _no_fence(_session: AsyncSession) -> None:
    """Nobody's lease is needed."""


def _postgresql_engine(url: URL, service: str) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        connect_args={
            "server_settings": {"search_path": service, "timezone": "UTC", "application_name": f"shangda.{service}"}
        },
    )
