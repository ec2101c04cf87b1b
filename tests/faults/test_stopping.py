"""A process that is told to stop, or whose handler does not come back: nothing is acknowledged that was not applied."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable

import pytest

from tests.faults.counting import tell
from tests.faults.node import FaultyNode
from tests.faults.test_races import Clock
from tests.support.waiting import eventually

BLOCKED_S = 33.0
"""Longer than the session timeout of the consumer group."""


async def test_told_to_stop_while_a_handler_waits(node: FaultyNode) -> None:
    (node.folder / "gate").touch()
    child = node.start(total=200, settings={"stop_within_s": 20})
    await eventually(_exists(node, "waiting"))
    child.signal(signal.SIGTERM)
    await child.ended()
    (stopped,) = child.said("node.work.stopped")
    assert stopped["cut"] == ["directory.agents-routine.batch"]
    assert (await node.account()).applied == {}
    (node.folder / "gate").unlink()
    node.start(total=200)
    (await node.settled(200)).check(200)


@pytest.mark.parametrize("after_s", [1.0, 2.2])
async def test_told_to_stop_under_load(node: FaultyNode, after_s: float) -> None:
    """Time enough is given, so that only what waits for something that never comes would be cut."""
    child = node.start(total=20_000, pause_s=0.005, settings={"stop_within_s": 60})
    await eventually(child.is_assigned)
    await asyncio.sleep(after_s)
    child.signal(signal.SIGTERM)
    await child.ended()
    (stopped,) = child.said("node.work.stopped")
    assert stopped["cut"] == []
    total = sum(map(len, (await node.account()).told.values()))
    node.start()
    (await node.settled(total)).check(total)


async def test_a_blocked_handler_stops_neither_the_pages_nor_the_group(small_node: FaultyNode) -> None:
    child = small_node.start()
    await eventually(child.is_assigned)
    (small_node.folder / "gate").touch()
    await tell(small_node.database, Clock, range(50))
    await eventually(_exists(small_node, "waiting"))
    blocked_since = time.monotonic()
    while time.monotonic() - blocked_since < BLOCKED_S:
        assert (await child.ask("/livez")).status_code == 200
        assert await child.is_assigned()
        await asyncio.sleep(1)
    (small_node.folder / "gate").unlink()
    await tell(small_node.database, Clock, range(50, 100))
    (await small_node.settled(100)).check(100)


def _exists(node: FaultyNode, name: str) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return (node.folder / name).exists()

    return holds
