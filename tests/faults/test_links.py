"""The link between two nodes: either end killed, its broker killed, down for a while; what was sent arrives once, in order, receipted."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from services.exchange import actions
from services.exchange.model import Arrival, Dispatch
from services.kernel.runtime.surroundings.settings import Settings
from tests.integration.exchange.two_nodes import Node, carrying, make_node_of, reported_up, two_nodes
from tests.support.waiting import eventually

_FORKED = multiprocessing.get_context("forkserver")


class Carrier:
    """One end's workers in a process of their own."""

    def __init__(self, node: Node, log: Path) -> None:
        self.process = _FORKED.Process(target=carry, args=(node.context.settings, str(log)), daemon=True)
        self.process.start()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.join(10)


def carry(settings: Settings, log: str) -> None:
    """Carry until killed."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)

    async def run() -> None:
        async with make_node_of(settings) as node, carrying(node):
            await asyncio.Event().wait()

    asyncio.run(run())


@pytest.fixture
async def linked(tmp_path: Path, node_urls: Callable[[], str], kafka: str) -> AsyncIterator[tuple[Node, Node]]:
    async with two_nodes(tmp_path, node_urls, kafka=kafka, heartbeat_s=2.0) as nodes:
        yield nodes


async def tell_some(township: Node, district: Node, count: int) -> list[str]:
    return await township.tell(*(reported_up(township, district) for _ in range(count)))


async def check(township: Node, district: Node, told: list[str]) -> None:
    """Sent and arrived are one list, each receipted once, and both chains end in the same hash."""

    async def receipted() -> bool:
        row = await township.lane(township.name, district.name)
        return row is not None and row.receipted_n == len(told)

    await eventually(receipted)
    arrived = await district.told()
    assert set(told) - set(arrived) == set()
    assert [one for one, count in Counter(arrived).items() if count > 1] == []
    assert arrived == told
    sent, stored = await township.rows(Dispatch), await district.rows(Arrival)
    assert [(row.n, row.h) for row in sent if row.lane == "routine"] == [
        (row.n, row.h) for row in stored if row.lane == "routine"
    ]
    assert len(await township.told("exchange.delivery")) == len(told)


async def test_either_end_killed_under_load(linked: tuple[Node, Node], tmp_path: Path) -> None:
    township, district = linked
    chance = random.Random(2)
    told: list[str] = []
    carriers = [Carrier(node, tmp_path / f"{node.name}.log") for node in linked]
    try:
        for _ in range(4):
            for _ in range(8):
                told += await tell_some(township, district, 10)
                await asyncio.sleep(chance.uniform(0.0, 0.15))
            killed = chance.randrange(2)
            carriers[killed].kill()
            carriers[killed] = Carrier(linked[killed], tmp_path / f"{linked[killed].name}.log")
        await check(township, district, told)
    finally:
        for carrier in carriers:
            carrier.kill()


async def test_the_broker_between_them_killed_under_load(tmp_path: Path, killable_broker: Broker) -> None:
    async with two_nodes(tmp_path, lambda: "", kafka=killable_broker.bootstrap, heartbeat_s=2.0) as (
        township,
        district,
    ):
        told: list[str] = []
        async with carrying(township, district):
            for n in range(60):
                told += await tell_some(township, district, 5)
                await asyncio.sleep(0.05)
                if n == 25:
                    killable_broker.kill()
                if n == 40:
                    await asyncio.to_thread(killable_broker.start)
            await check(township, district, told)


async def test_the_link_down_then_up_while_both_go_on(linked: tuple[Node, Node]) -> None:
    township, district = linked
    async with carrying(township, district):
        told = await tell_some(township, district, 20)
        async with township.transaction() as tx:
            await actions.pause_link(tx, district.name, by=None)
        await asyncio.sleep(1)
        before = await district.told()
        for _ in range(10):
            told += await tell_some(township, district, 20)
        await asyncio.sleep(1)
        assert await district.told() == told[: len(before)]
        async with township.transaction() as tx:
            await actions.resume_link(tx, district.name, by=None)
        await check(township, district, told)
