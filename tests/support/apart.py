"""Long work that does not come to its end, for tests of who has to wait for it."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from services.kernel.runtime.apart import Lane


@asynccontextmanager
async def stands_still(lane: Lane) -> AsyncIterator[None]:
    """As while a long piece of work is being done in this lane."""
    await lane.work(len, "")
    child = lane._child
    assert child is not None
    os.kill(child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # it was ended because nobody heard of it
            os.kill(child.pid, signal.SIGCONT)
