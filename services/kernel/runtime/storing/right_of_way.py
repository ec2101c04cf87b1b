"""Who works in this process now: urgent transactions always, routine ones in turn, and they stand back for urgent ones.

All services of a process share one loop. Routine batches that go side by side make each other long
without getting more done: each holds its database while the others compute.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from weakref import WeakKeyDictionary

from services.kernel.runtime.storing.turns import Rank, Turns, only_once

STANDS_BACK_S = 0.05
"""So long a routine transaction waits for urgent ones at the most, about as long as one of them takes."""

STUCK_S = 0.5
"""Who is not done after this waits for something, a lock of another process for example: others go on meanwhile."""


class RightOfWay:
    """One per loop."""

    def __init__(self) -> None:
        self._turns = Turns()
        self._urgent = 0
        self._is_clear = asyncio.Event()
        self._is_clear.set()

    @property
    def is_wanted(self) -> bool:
        """Whether urgent work is under way, so that routine work should come to its end."""
        return self._urgent > 0

    @asynccontextmanager
    async def given(self, rank: Rank) -> AsyncIterator[Callable[[], None]]:
        """Have the right of way in the block, or until it calls what it is given."""
        if rank is Rank.ROUTINE:
            async with self._turns.taken(rank) as end:
                await self._stand_back()
                stuck = asyncio.get_running_loop().call_later(STUCK_S, end)
                try:
                    yield end
                finally:
                    stuck.cancel()
        elif rank is Rank.URGENT:
            self._come()
            go = only_once(self._go)
            try:
                yield go
            finally:
                go()
        else:
            yield _nothing

    def _come(self) -> None:
        self._urgent += 1
        self._is_clear.clear()

    def _go(self) -> None:
        self._urgent -= 1
        if not self._urgent:
            self._is_clear.set()

    async def _stand_back(self) -> None:
        if self._urgent:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_clear.wait(), STANDS_BACK_S)


_OF_LOOP: WeakKeyDictionary[asyncio.AbstractEventLoop, RightOfWay] = WeakKeyDictionary()


def right_of_way() -> RightOfWay:
    """That of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _OF_LOOP:
        _OF_LOOP[loop] = RightOfWay()
    return _OF_LOOP[loop]


def _nothing() -> None:
    """There is nothing to give back."""
