"""How much is applied in one transaction: as many events as fit into about 50 ms, so that others get their turn."""

from __future__ import annotations

import time
from collections.abc import Callable

TRANSACTION_S = 0.05
WANTED_S = 0.01
"""When somebody waits who goes first."""

LONGEST_S = 0.25
"""On a busy machine, where nobody waits: a transaction of one event would cost more than it does."""

FEWEST_EVENTS = 20
"""A transaction has a price of its own, which on a busy disk is above its time: fewer would only make it slower.

Slow handlers need no smaller batch: the clock ends the transaction after the event that used up its time.
"""
MOST_EVENTS = 500
MOST_BYTES = 1024 * 1024


class Pace:
    """Learns how many events fit into one transaction."""

    def __init__(self) -> None:
        self.events = 50

    def note(self, events: int, seconds: float) -> None:
        """Adapt to a transaction that took `seconds` for `events`: at most twice as many, never very few."""
        fitting = int(events * TRANSACTION_S / max(seconds, 1e-6))
        if events >= self.events or fitting < self.events:
            self.events = max(FEWEST_EVENTS, min(fitting, self.events * 2, MOST_EVENTS))


class Clock:
    """Says when the time of one transaction is used up."""

    def __init__(self, is_wanted: Callable[[], bool]) -> None:
        self._started = time.monotonic()
        self._is_wanted = is_wanted

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self._started

    @property
    def is_over(self) -> bool:
        """Whether the transaction should end now."""
        return self.seconds > (WANTED_S if self._is_wanted() else LONGEST_S)
