"""Whose turn it is to write: urgent work first, people next, routine batches last; nobody waits for ever."""

from __future__ import annotations

import asyncio
import enum
import heapq
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

WAITED_LONG_S = 2.0
"""Who has waited so long goes before everybody who came later, whatever their rank."""


class Rank(enum.IntEnum):
    """What a transaction is for; the lower goes first where only one can write at a time."""

    URGENT = 0
    REQUEST = 1
    ROUTINE = 2


class Turns:
    """One writer at a time, by rank and then in the order of coming."""

    def __init__(self) -> None:
        self._is_taken = False
        self._count = itertools.count()
        self._waiting: list[tuple[int, int, float, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def taken(self, rank: Rank) -> AsyncIterator[Callable[[], None]]:
        """Wait for one's turn and keep it while the block runs, or until it calls what it is given."""
        await self._take(rank)
        end = only_once(self._pass_on)
        try:
            yield end
        finally:
            end()

    def is_wanted(self, rank: Rank) -> bool:
        """Whether somebody waits who goes before this rank."""
        return bool(self._waiting) and self._waiting[0][0] < rank

    async def _take(self, rank: Rank) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._count), time.monotonic(), mine))
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._pass_on()  # it was given to us in the moment in which we gave up
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            _, _, _, next_one = self._pop()
            if not next_one.done():
                next_one.set_result(None)
                return
        self._is_taken = False

    def _pop(self) -> tuple[int, int, float, asyncio.Future[None]]:
        oldest = min(self._waiting, key=lambda one: one[1])
        if time.monotonic() - oldest[2] > WAITED_LONG_S:
            self._waiting.remove(oldest)
            heapq.heapify(self._waiting)
            return oldest
        return heapq.heappop(self._waiting)


def only_once(act: Callable[[], None]) -> Callable[[], None]:
    """The same act, which does nothing when it is called again."""
    left = [act]
    return lambda: left.pop()() if left else None
