"""The brake: a consumer of whose last 100 events more than 10 were parked stops until they are dealt with."""

from __future__ import annotations

import asyncio
from collections import deque

import structlog

from services.kernel.runtime import metrics
from services.kernel.runtime.database import Database
from services.kernel.runtime.inbox import waiting
from services.kernel.runtime.inbox.faults import is_away

log = structlog.get_logger()

PARKED_OF_LAST_100 = 10
LOOK_EVERY_S = 2.0


class Brake:
    """Counts what one consumer parks, and holds it while that is too much: the fault is ours, not theirs."""

    def __init__(self, database: Database, consumer: str) -> None:
        self.database = database
        self.consumer = consumer
        self._recent: deque[bool] = deque(maxlen=100)

    def note(self, *, parked: int, applied: int) -> None:
        """Count events that were just dealt with."""
        self._recent.extend([True] * parked + [False] * applied)

    def loosen(self) -> None:
        """Forget what was counted: somebody is at work on it."""
        self._recent.clear()

    async def until_loose(self) -> None:
        """Wait while too much is parked; nothing is consumed meanwhile, and the alert says so."""
        if sum(self._recent) <= PARKED_OF_LAST_100:
            return
        log.error("inbox.consumer.stopped", consumer=self.consumer, parked_of_last_100=sum(self._recent))
        stopped = metrics.INBOX_STOPPED.labels(self.database.node.node_id, self.database.service)
        stopped.set(1)
        while sum(self._recent) > PARKED_OF_LAST_100:
            await asyncio.sleep(LOOK_EVERY_S)
            if await self._are_dealt_with():
                self.loosen()
        stopped.set(0)

    async def _are_dealt_with(self) -> bool:
        try:
            async with self.database.reading() as session:
                return await waiting.count_waiting(session, self.consumer, waiting.PARKED) <= PARKED_OF_LAST_100
        except Exception as fault:
            if not is_away(fault):
                raise
            return False
