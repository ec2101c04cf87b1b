"""The broker is killed under load, comes late, or gives everything twice and shuffled."""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path

from aiokafka import AIOKafkaProducer
from sqlalchemy import select

from deploy.kafka.broker import Broker
from services.kernel.language.envelope import to_headers
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.telling.topics import create_topics
from tests.faults.counting import tell
from tests.faults.node import FaultyNode, faulty_node
from tests.faults.test_races import Clock
from tests.support.waiting import eventually


async def test_the_broker_killed_under_load(tmp_path: Path, killable_broker: Broker) -> None:
    async with faulty_node(tmp_path, killable_broker.bootstrap, "") as node:
        child = node.start(total=1500, pause_s=0.02)
        await eventually(child.is_assigned)
        for away_s in (0.0, 3.0):
            await asyncio.sleep(1.0)
            killable_broker.kill()
            assert (await child.ask("/livez")).status_code == 200
            await asyncio.sleep(away_s)
            await asyncio.to_thread(killable_broker.start)
        (await node.settled(1500)).check(1500)


async def test_a_node_without_its_broker_keeps_what_it_is_told_and_stops_in_time(
    tmp_path: Path, killable_broker: Broker
) -> None:
    async with faulty_node(tmp_path, killable_broker.bootstrap, "") as node:
        first = node.start(total=100)
        await eventually(first.is_assigned)
        killable_broker.kill()
        await tell(node.database, Clock, range(100, 200))
        await asyncio.sleep(2)
        first.signal(signal.SIGTERM)
        await first.ended()
        total = sum(map(len, (await node.account()).told.values()))
        second = node.start()
        await eventually(second.lives)
        await asyncio.to_thread(killable_broker.start)
        (await node.settled(total)).check(total)


async def test_every_message_twice_and_shuffled(node: FaultyNode) -> None:
    await tell(node.database, Clock, range(300))
    await asyncio.to_thread(create_topics, node.kafka, [f"{node.node_id}.directory.unit"])
    async with node.database.reading() as session:
        rows = list(await session.execute(select(OUTBOX))) * 2
    random.Random(5).shuffle(rows)
    producer = AIOKafkaProducer(bootstrap_servers=node.kafka)
    await producer.start()
    try:
        for row in rows:  # no partitioner of ours: a shuffled key would otherwise still come in its own order
            headers = to_headers(envelope_of(row))
            await producer.send(row.topic, row.body, key=row.key.encode(), headers=headers)
        await producer.flush()
    finally:
        await producer.stop()
    node.start()  # its relay sends them all once more, in order
    (await node.settled(300)).check(300)
