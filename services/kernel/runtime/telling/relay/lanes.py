"""What is on its way to the broker: one batch of each lane, and neither waits for the other's flush and mark."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Lanes:
    """The urgent and the routine batch that are being published."""

    def __init__(self) -> None:
        self._going: dict[bool, asyncio.Task[None]] = {}

    @property
    def free(self) -> list[bool]:
        """Which lanes have nothing on its way: True is the urgent one, which comes first."""
        return [urgent for urgent in (True, False) if urgent not in self._going]

    def start(self, publishing: Coroutine[Any, Any, None], *, urgent: bool) -> None:
        """Let a lane's batch go."""
        self._going[urgent] = asyncio.create_task(publishing)

    async def next_event(self, *events: asyncio.Event, timeout_s: float) -> None:
        """Wait until a batch has gone, or one of the events is set.

        Raises:
            Exception: What became of a batch, when the other one is done too.
        """
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            await asyncio.wait([*waits, *self._going.values()], timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if any(task.done() and task.exception() for task in self._going.values()):
            await self.all_gone()
        self._going = {urgent: task for urgent, task in self._going.items() if not task.done()}

    async def all_gone(self) -> None:
        """Wait until nothing is on its way.

        Raises:
            Exception: The first thing that went wrong.
        """
        tasks, self._going = list(self._going.values()), {}
        if tasks:
            await asyncio.wait(tasks)
        for task in tasks:
            task.result()

    async def cut(self) -> None:
        """Break off what is on its way."""
        tasks, self._going = list(self._going.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
