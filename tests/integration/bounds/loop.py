"""What holds a node's loop: the processor time of each step that it takes, by the callback that took it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

USUAL_S = 0.0105
"""What the yardstick takes on a machine that has nothing else to do."""


def slowness() -> float:
    """How many times as long as usual this machine's processor takes now, 1 at least.

    On a shared machine the same work takes up to twice the processor time while others use its caches.
    """
    took = []
    for _ in range(5):
        before = time.thread_time()
        " ".join(str(number * number) for number in range(40_000)).split()
        took.append(time.thread_time() - before)
    return max(sorted(took)[2] / USUAL_S, 1.0)


@dataclass
class Held:
    """The longest step so far, in seconds of processor time of the loop's own thread."""

    longest_s: float = 0.0
    steps: list[tuple[float, str]] = field(default_factory=list)

    def forget(self) -> None:
        """Begin anew."""
        self.longest_s = 0.0


@contextmanager
def watching() -> Iterator[Held]:
    """Measure every step of this thread's loop; what other threads and processes do meanwhile counts for nothing."""
    held, mine, run = Held(), threading.get_ident(), asyncio.events.Handle._run

    def measured(handle: asyncio.events.Handle) -> None:
        before = time.thread_time()
        run(handle)
        if threading.get_ident() == mine:
            held.longest_s = max(held.longest_s, time.thread_time() - before)

    asyncio.events.Handle._run = measured  # type: ignore[method-assign,assignment]
    try:
        yield held
    finally:
        asyncio.events.Handle._run = run  # type: ignore[method-assign]
