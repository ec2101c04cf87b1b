"""Room for what was read and not yet applied, counted in bytes: a number of events says nothing about memory."""

from __future__ import annotations

import asyncio
from typing import Any

ROOM_BYTES = 4 * 1024 * 1024
EVENT_BYTES = 4096
"""What an event costs besides its value: its headers and the objects around it."""


def size_of(message: Any) -> int:
    """About how much memory a message takes until it is applied."""
    return EVENT_BYTES + len(message.value or b"")


class Room:
    """How much a listener may have in hand: reading waits while there is more, and goes on at half of it."""

    def __init__(self, limit: int = ROOM_BYTES) -> None:
        self.taken = 0
        self._limit = limit
        self._is_free = asyncio.Event()
        self._is_free.set()

    def take(self, size: int) -> None:
        """Something was read."""
        self.taken += size
        if self.taken >= self._limit:
            self._is_free.clear()

    def give(self, size: int) -> None:
        """Something was applied."""
        self.taken = max(self.taken - size, 0)
        if self.taken < self._limit // 2:
            self._is_free.set()

    def empty(self) -> None:
        """Whatever was in hand is thrown away and read again."""
        self.give(self.taken)

    async def wait(self, timeout_s: float) -> bool:
        """Wait for room; False when there is none yet."""
        if self._is_free.is_set():
            return True
        try:
            await asyncio.wait_for(self._is_free.wait(), timeout_s)
        except TimeoutError:
            return False
        return True
