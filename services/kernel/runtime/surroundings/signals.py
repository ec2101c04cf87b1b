"""Signals of live pages: a commit signals a channel, pages that show it ask again."""

from __future__ import annotations

import asyncio
import secrets
import zlib
from collections.abc import AsyncIterator
from typing import ClassVar, NamedTuple
from uuid import UUID

from services.kernel.runtime.storing.waking import EVERYTHING

PLACES = 4096
"""Channels share places: how many channels were ever asked for costs nothing, and at worst a page asks once too often."""

_BOOT = secrets.token_hex(4)


class NamedChannel(NamedTuple):
    """A channel that names something: `item:<id>`."""

    kind: str
    id: UUID


class Signals:
    """Knows when each channel last changed, of this process and of others (see `waking`).

    An event id is the number of the latest change of any channel; one that is not this process's means: ask again.
    """

    latest: ClassVar[int] = 0
    """One sequence for the process: a page may show what several services signal."""

    def __init__(self) -> None:
        self._last = [0] * PLACES
        self._woken: set[asyncio.Event] = set()

    def publish(self, channel: str) -> None:
        """Say that what `channel` shows has changed."""
        Signals.latest += 1
        self._last[_place(channel)] = Signals.latest  # EVERYTHING is a channel of its own, heard with every other
        for event in self._woken:
            event.set()

    @staticmethod
    def now() -> str:
        """The event id of now: a page notes it before it reads what it shows, and hears of every later change."""
        return f"{_BOOT}-{Signals.latest}"

    def mark(self, channels: list[str]) -> str:
        """The latest change of these channels as an event id."""
        return f"{_BOOT}-{self._latest_of(channels)}"

    async def changes(self, channels: list[str], last_event_id: str) -> AsyncIterator[str]:
        """Event ids, one per change after `last_event_id` (several changes at once count as one)."""
        event = asyncio.Event()
        self._woken.add(event)
        try:
            seen = _number_of(last_event_id or self.now())
            while True:
                event.clear()
                if (now := self._latest_of(channels)) > seen:
                    seen = now
                    yield f"{_BOOT}-{now}"
                    continue
                await event.wait()
        finally:
            self._woken.discard(event)

    def _latest_of(self, channels: list[str]) -> int:
        return max(self._last[_place(name)] for name in (*channels, EVERYTHING))


def _number_of(event_id: str) -> int:
    """The number in an event id; -1, before every change, for one that is not of this process."""
    boot, _, number = event_id.partition("-")
    return int(number) if boot == _BOOT and number.isascii() and number.isdigit() and len(number) < 20 else -1


def _place(channel: str) -> int:
    return zlib.crc32(channel.encode("utf-8", "surrogatepass")) % PLACES
