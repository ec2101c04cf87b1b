"""A service's database: SQLite by default, a PostgreSQL schema by URL; reading, and transactions that tell."""

from __future__ import annotations

import asyncio
import copy
import errno
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from services.kernel.language.envelope import Envelope
from services.kernel.runtime.storing.condition import Condition
from services.kernel.runtime.storing.knocking import Door
from services.kernel.runtime.storing.postgresql import postgresql_engine, standing_engine
from services.kernel.runtime.storing.right_of_way import right_of_way
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.sqlite import sqlite_engine
from services.kernel.runtime.storing.standing import Gate, Standing, read_standing
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.storing.turns import Rank, Turns
from services.kernel.runtime.storing.waking import Word
from services.kernel.runtime.surroundings.settings import NodeInfo, Settings

ROOM_BYTES = 1_000_000
MOST_AT_ONCE = 12
"""Of the pool's sixteen connections to PostgreSQL: the others are kept for urgent work and for reading."""

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
        self.word = Word(self)
        self.condition = Condition(node.node_id, service)
        self._turns = Turns()
        self._not_urgent = asyncio.Semaphore(MOST_AT_ONCE)
        self.door = Door(Path(self.url.database or service))
        self._check_fence: Fence = _no_fence
        self.gate = Gate(self._read_standing)
        self._admit: Callable[[], Awaitable[None]] = self.gate.require_open
        if self.is_sqlite:
            self._writer = sqlite_engine(self.url, begin="BEGIN IMMEDIATE", size=1)
            self._reader = sqlite_engine(self.url, begin="BEGIN", size=4)
        else:
            self._writer = self._reader = postgresql_engine(self.url, service)

    def fenced(self, check: Fence) -> Database:
        """The same database for the holder of a lease: each of its transactions checks first that it still is."""
        holder = copy.copy(self)
        holder._check_fence = check  # noqa: SLF001 - a copy of this very object
        return holder

    def patient(self) -> Database:
        """The same database for background work: its transactions wait while nothing may be written."""
        patient = copy.copy(self)
        patient._admit = self.gate.until_open  # noqa: SLF001 - a copy of this very object
        return patient

    def ungated(self) -> Database:
        """The same database for those who check it and put it right: they write while nobody else may."""
        free = copy.copy(self)
        free._admit = _anybody  # noqa: SLF001 - a copy of this very object
        return free

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the one-file database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes (migrations, administration)."""
        return self._writer

    @property
    def standing(self) -> AsyncEngine:
        """PostgreSQL only: connections that are held for long (leases, listening), outside the pool of those that work."""
        return standing_engine(self.url, self.service)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads, on a snapshot of its own."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def transaction(
        self, now: datetime, *, cause: Envelope | None = None, rank: Rank = Rank.REQUEST
    ) -> AsyncIterator[Transaction]:
        """A write transaction; commits when the block ends, rolls back when it raises.

        Raises:
            DatabaseOlderThanTold: The database was put back from a backup and not yet restored.
            StillStarting: Whether it was is being looked at.
        """
        try:
            await self._admit()
            async with AsyncExitStack() as stack:
                way = right_of_way()
                step_aside = await stack.enter_async_context(way.given(rank))
                await self._take_turn(stack, rank)
                session = await stack.enter_async_context(AsyncSession(self._writer, expire_on_commit=False))
                await stack.enter_async_context(session.begin())
                await self._check_fence(session)
                transaction = Transaction(session, now, self.node, self.service, cause)
                transaction.is_wanted = lambda: way.is_wanted or self._turns.is_wanted(rank)
                yield transaction
                await transaction.seal()
                await self.word.pass_on(session, told=transaction.wakes, channels=transaction.signals)
                step_aside()  # what is left is the disk's work
        except Exception as fault:
            self.condition.note_failure(fault)
            raise
        self._tell_of(transaction)

    async def can_write(self) -> bool:
        """Whether writes succeed; after one that did not, a write that changes nothing is tried now and then."""
        if not self.condition.is_writable and self.condition.may_ask:
            try:
                async with self._writer.begin() as connection:
                    await connection.execute(text("UPDATE outbox_state SET epoch = epoch"))
                self._check_room()
            except Exception as fault:  # noqa: BLE001 - whatever it is, it was not written
                self.condition.note_failure(fault)
            else:
                self.condition.note_success()
        return self.condition.is_writable

    def _check_room(self) -> None:
        """A full disk still has room for the smallest of writes; what people save is larger.

        Raises:
            OSError: The disk of an SQLite database is full.
        """
        if self.is_sqlite and shutil.disk_usage(Path(self.url.database or ".").parent).free < ROOM_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def _take_turn(self, stack: AsyncExitStack, rank: Rank) -> None:
        """On SQLite one writes at a time, other processes too; on PostgreSQL urgent work finds a free connection."""
        if not self.is_sqlite:
            if rank is not Rank.URGENT:
                await stack.enter_async_context(self._not_urgent)
            return
        await stack.enter_async_context(self._turns.taken(rank))
        if self.word.hears:
            await self.door.let_in()
        else:
            await stack.enter_async_context(self.door.knocked())

    def _tell_of(self, transaction: Transaction) -> None:
        """What follows a commit: this process's waiting parts wake, and the node's when this is a command."""
        if transaction.wakes:
            self.told.set()
            self.condition.note_success()
        transaction.committed()
        for channel in transaction.signals:
            self.on_signal(channel)
        if self.is_sqlite:
            self.word.leave(told=transaction.wakes, channels=transaction.signals)

    async def _read_standing(self) -> Standing:
        async with self.reading() as session:
            return await read_standing(session)

    async def close(self) -> None:
        """Close every connection."""
        self.door.close()
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


async def _anybody() -> None:
    """Everybody may write."""


async def _no_fence(_session: AsyncSession) -> None:
    """Nobody's lease is needed."""


@asynccontextmanager
async def opened_database(settings: Settings, service: str) -> AsyncIterator[Database]:
    """The database of one service of this node, for a command; closed afterwards."""
    database = Database(database_url(settings, service), service=service, node=settings.node)
    try:
        yield database
    finally:
        await database.close()
