"""The children that work apart: kept from one test's node to the next, or held up, for tests of who has to wait then."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from services.kernel.runtime.apart.lane import LANES, Lane
from services.kernel.runtime.running import app


@pytest.fixture(scope="session", autouse=True)
def lanes_outlive_nodes() -> Iterator[None]:
    """A node that stops in this process ends no child: the next test's node would begin it anew, for a second each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "close_lanes", _leave_them)
        yield
    for lane in LANES:
        lane.close()


async def _leave_them() -> None:
    """What stops here is the node of one test, not its process."""


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
