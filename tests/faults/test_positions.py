"""The broker is not what it was: listeners go by their own positions, and come back with every partition."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import update

from deploy.kafka.broker import Broker
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.telling.agents.ground import held_by_group, read_ground
from tests.faults.counting import tell
from tests.faults.grounds import cut_logs, delete_topics, empty_disk
from tests.faults.node import FaultyNode, faulty_node
from tests.faults.test_races import Clock
from tests.support.postgres import PostgresServer
from tests.support.waiting import eventually


async def publish_again(node: FaultyNode) -> None:
    """What the relay does when it sees that the broker has less than it had."""
    async with node.database.transaction(Clock.clock()) as tx:
        await tx.session.execute(update(OUTBOX).values(published_at=None))


async def tell_more(node: FaultyNode, start: int) -> None:
    """New facts, which come to stand where lost ones stood, before those are sent again."""
    await tell(node.database, Clock, range(start, start + 40))
    await asyncio.sleep(3)
    await publish_again(node)


async def test_a_log_cut_while_the_listener_was_down_is_read_from_its_beginning(
    tmp_path: Path, killable_broker: Broker
) -> None:
    async with faulty_node(tmp_path, killable_broker.bootstrap, "") as node:
        await tell(node.database, Clock, range(200))
        first = node.start()
        await node.settled(200)
        await asyncio.sleep(2)  # the group's offsets are committed, and will stand beyond the end
        first.kill()
        assert cut_logs(killable_broker, node.node_id, keep=0.4) > 0
        await asyncio.to_thread(killable_broker.start)
        node.start()
        await tell_more(node, 200)
        (await node.settled(240)).check(240)


async def test_a_log_cut_under_a_running_listener_is_read_from_its_beginning(
    tmp_path: Path, killable_broker: Broker
) -> None:
    async with faulty_node(tmp_path, killable_broker.bootstrap, "") as node:
        await tell(node.database, Clock, range(200))
        child = node.start()
        await node.settled(200)
        cut_logs(killable_broker, node.node_id, keep=0.4)
        await asyncio.to_thread(killable_broker.start)
        await tell_more(node, 200)
        (await node.settled(240)).check(240)
        assert child.is_alive


async def test_topics_made_again_are_read_whole_by_a_member_that_comes_back_at_once(
    tmp_path: Path, killable_broker: Broker
) -> None:
    async with faulty_node(tmp_path, killable_broker.bootstrap, "") as node:
        await tell(node.database, Clock, range(100))
        first = node.start()
        await node.settled(100)
        first.kill()
        await asyncio.to_thread(delete_topics, killable_broker.bootstrap, node.node_id)
        second = node.start()
        await tell_more(node, 100)
        (await node.settled(140)).check(140)
        await eventually(second.is_assigned)


async def test_topics_made_again_under_a_running_listener_are_read_whole(
    tmp_path: Path, killable_broker: Broker
) -> None:
    async with faulty_node(tmp_path, killable_broker.bootstrap, "") as node:
        await tell(node.database, Clock, range(100))
        child = node.start()
        await node.settled(100)
        await asyncio.to_thread(delete_topics, killable_broker.bootstrap, node.node_id)
        await asyncio.sleep(15)
        await tell_more(node, 100)
        (await node.settled(140)).check(140)
        assert child.is_alive


async def test_a_listener_whose_broker_lost_its_disk_goes_on(tmp_path: Path, killable_broker: Broker) -> None:
    async with faulty_node(tmp_path, killable_broker.bootstrap, "") as node:
        await tell(node.database, Clock, range(100))
        child = node.start()
        await node.settled(100)
        empty_disk(killable_broker)
        await asyncio.to_thread(killable_broker.start)
        await asyncio.sleep(10)
        await tell_more(node, 100)
        (await node.settled(140)).check(140)
        assert child.is_alive


async def test_two_members_that_come_back_at_once_cover_topics_made_again(
    tmp_path: Path, kafka: str, postgres: PostgresServer
) -> None:
    """Each is given its old assignment, of topics that are no more: together they would hold nothing."""
    async with faulty_node(tmp_path, kafka, postgres.new_database()) as node:
        await tell(node.database, Clock, range(100))
        members = [node.start(), node.start()]
        await node.settled(100)
        for member in members:
            await eventually(member.is_assigned)
        for member in members:
            member.kill()
        await asyncio.to_thread(delete_topics, kafka, node.node_id)
        members = [node.start(), node.start()]
        await tell_more(node, 100)
        (await node.settled(140)).check(140)
        await eventually(lambda: _is_covered(node))
        assert all(member.is_alive for member in members)


async def _is_covered(node: FaultyNode) -> bool:
    """Whether the two hold every partition of every topic between them."""
    held = await asyncio.to_thread(held_by_group, node.kafka, f"{node.node_id}.directory.routine")
    topics = [f"{node.node_id}.directory.{name}" for name in ("unit", "officer")]
    return held == (await asyncio.to_thread(read_ground, node.kafka, topics)).keys()
