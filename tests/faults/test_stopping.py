"""A process that is told to stop, or whose handler does not come back: nothing is acknowledged that was not applied."""

from __future__ import annotations

import asyncio
import signal
import time

from tests.faults.counting import tell
from tests.faults.node import FaultyNode, eventually
from tests.faults.test_races import Clock

BLOCKED_S = 33.0
"""Longer than the session timeout of the consumer group."""


async def test_told_to_stop_while_a_handler_waits(node: FaultyNode) -> None:
    (node.folder / "gate").touch()
    child = node.start(total=200)
    await eventually(_exists(node, "waiting"))
    began = time.monotonic()
    child.signal(signal.SIGTERM)
    await child.ended(within_s=35)
    assert time.monotonic() - began < 26
    assert (await node.account()).applied == {}
    (node.folder / "gate").unlink()
    node.start(total=200)
    (await node.settled(200)).check(200)


async def test_told_to_stop_under_load(node: FaultyNode) -> None:
    child = node.start(total=5000, pause_s=0.01)
    await eventually(child.is_assigned)
    await asyncio.sleep(1.5)
    began = time.monotonic()
    child.signal(signal.SIGTERM)
    await child.ended(within_s=35)
    assert time.monotonic() - began < 20
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
    (await small_node.settled(100, within_s=20)).check(100)


def _exists(node: FaultyNode, name: str):
    async def holds() -> bool:
        return (node.folder / name).exists()

    return holds
