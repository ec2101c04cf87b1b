"""A process is killed in each gap between commit, send, mark, apply and acknowledge; its successor loses and doubles nothing."""

from __future__ import annotations

import asyncio
import random
import signal

import pytest

from tests.faults.node import FaultyNode
from tests.support.waiting import eventually


@pytest.mark.parametrize("gap", ["after_commit", "after_send", "after_apply"])
async def test_killed_in_a_gap(node: FaultyNode, gap: str) -> None:
    dying = node.start(total=200, dies=gap)
    assert await dying.ended() == -signal.SIGKILL
    node.start(total=200)
    (await node.settled(200)).check(200)


async def test_killed_again_and_again_under_load(node: FaultyNode) -> None:
    chance = random.Random(7)
    for _ in range(3):
        child = node.start(total=600, pause_s=0.02)
        await eventually(child.is_assigned)
        await asyncio.sleep(chance.uniform(0.1, 1.0))
        child.kill()
    node.start(total=600)
    (await node.settled(600)).check(600)
