"""One process hears at once what another one of the node wrote: NOTIFY on PostgreSQL, a file beside the database on SQLite."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text

from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.clock import pause

if TYPE_CHECKING:
    from services.kernel.runtime.storing.database import Database

log = structlog.get_logger()

EVERYTHING = "*"
LOOK_S = 0.1
"""How often a node on SQLite looks at the file; one look costs a few microseconds."""

LISTEN_AGAIN_S = 1.0
STILL_THERE_S = 10.0
ANSWERS_WITHIN_S = 5.0
MOST_BYTES = 7_000
"""PostgreSQL carries at most 8,000 bytes with a notification; above this it says that everything changed."""

_NOTIFY = text("SELECT pg_notify(:channel, :word)")


class Word:
    """Passes on what a transaction did: whether it told facts, and which pages' channels it signalled."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.channel = f"shangda_{database.node.node_id}_{database.service}"[:63]
        self.hears = False
        """Whether this process serves the node: on SQLite it alone does, and need not tell itself."""
        self._sender = secrets.token_hex(6)

    async def pass_on(self, session: AsyncSession, *, told: bool, channels: Iterable[str]) -> None:
        """Within the transaction, on PostgreSQL: the word goes out with the commit or not at all."""
        if self.database.is_sqlite or not (told or channels):
            return
        await session.execute(_NOTIFY, {"channel": self.channel, "word": self._word(told, channels)})

    def leave(self, *, told: bool, channels: Iterable[str]) -> None:
        """After the commit, on SQLite: append the word to the file which the node looks at."""
        if self.hears or not (told or channels) or (path := self.path) is None:
            return
        with contextlib.suppress(OSError), path.open("ab", buffering=0) as file:  # unheard, it is found a little later
            file.write(f"{self._word(told, channels)}\n".encode())

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database; None on PostgreSQL and in memory."""
        name = self.database.url.database if self.database.is_sqlite else None
        return Path(f"{name}.woken") if name and name != ":memory:" else None

    async def listen(self, stop: asyncio.Event) -> None:
        """Wake this process's waiting parts until `stop`; ends by the fault when the connection is lost."""
        self.hears = True
        try:
            await (self._look(stop) if self.database.is_sqlite else self._hear(stop))
        finally:
            self.hears = False

    def _word(self, told: bool, channels: Iterable[str]) -> str:
        word = json.dumps({"from": self._sender, "told": told, "channels": sorted(channels)})
        return (
            word
            if len(word) < MOST_BYTES
            else json.dumps({"from": self._sender, "told": told, "channels": [EVERYTHING]})
        )

    def _take(self, raw: str) -> None:
        try:
            word = json.loads(raw)
            if word["from"] == self._sender:
                return
            self._wake(told=bool(word["told"]), channels=list(map(str, word["channels"])))
        except (ValueError, KeyError, TypeError):
            log.warning("database.word.unreadable", service=self.database.service, word=raw[:200])

    def _wake(self, *, told: bool, channels: Iterable[str]) -> None:
        if told:
            self.database.told.set()
        for channel in channels:
            self.database.on_signal(channel)

    async def _look(self, stop: asyncio.Event) -> None:
        path = self.path
        if path is None:
            await stop.wait()
            return
        path.write_bytes(b"")  # what was said before is found by whoever starts now
        read = 0
        while not stop.is_set():
            await pause(stop, LOOK_S)
            try:
                size = path.stat().st_size
            except FileNotFoundError:
                continue
            if size != read:
                read = self._read(path, read if size > read else 0)

    def _read(self, path: Path, start: int) -> int:
        with path.open("rb") as file:
            file.seek(start)
            said = file.read()
        whole, newline, _ = said.rpartition(b"\n")
        for line in whole.decode("utf-8", "replace").splitlines():
            self._take(line)
        return start + len(whole) + len(newline)

    async def _hear(self, stop: asyncio.Event) -> None:
        async with self.database.standing.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            lost = asyncio.Event()
            driver.add_termination_listener(lambda _: lost.set())
            await driver.add_listener(self.channel, lambda _c, _pid, _name, word: self._take(word))
            self._wake(told=True, channels=[EVERYTHING])  # what was said while nobody listened
            while not (stop.is_set() or lost.is_set()):
                await _first_of(stop, lost, within_s=STILL_THERE_S)
                await asyncio.wait_for(driver.execute("SELECT 1"), ANSWERS_WITHIN_S)


async def _first_of(*events: asyncio.Event, within_s: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def listen_for_good(database: Database, stop: asyncio.Event) -> None:
    """Listen until `stop`, on a new connection after each loss; the first fault of a row is logged."""
    is_lost = False
    while not stop.is_set():
        try:
            await database.word.listen(stop)
            is_lost = False
        except Exception as fault:  # noqa: BLE001 - the database is away: whoever waits looks again by itself
            if not is_lost:
                log.warning("database.word.unheard", service=database.service, fault=repr(fault)[:300])
            is_lost = True
        await pause(stop, LISTEN_AGAIN_S)
