"""The brake: a source of whose last 100 events more than 10 were parked is slowed, and nobody else.

What it sends is held durably at once, not applied, until those parked are dealt with.
"""

from __future__ import annotations

from collections import deque

import structlog

from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.surroundings import metrics

log = structlog.get_logger()

PARKED_OF_LAST_100 = 10


class Brake:
    """Counts what one consumer parks, by the node at which a fact was born and the neighbour that brought it."""

    def __init__(self, database: Database, consumer: str) -> None:
        self.consumer = consumer
        self.braked: set[str] = set()
        self._where = (database.node.node_id, database.service)
        self._recent: dict[str, deque[bool]] = {}

    def note(self, source: str, *, is_parked: bool) -> None:
        """Count an event that was just dealt with; one without a source brakes nobody."""
        if not source:
            return
        recent = self._recent.setdefault(source, deque(maxlen=100))
        recent.append(is_parked)
        if sum(recent) > PARKED_OF_LAST_100 and source not in self.braked:
            log.error("inbox.source.braked", consumer=self.consumer, source=source, parked_of_last_100=sum(recent))
            self.braked.add(source)
            metrics.INBOX_BRAKED.labels(*self._where, source).inc()

    def loosen(self, source: str) -> None:
        """Forget what was counted: what was parked is dealt with."""
        log.info("inbox.source.loosened", consumer=self.consumer, source=source)
        self._recent.pop(source, None)
        self.braked.discard(source)
        metrics.INBOX_BRAKED.labels(*self._where, source).dec()
