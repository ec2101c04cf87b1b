"""What has left stays on the broker, or leaves again; what cannot leave stands aside and holds only its key."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError
from sqlalchemy import select, text, update

from deploy.kafka.broker import Broker
from services.kernel.language.vocabulary import Level
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.telling.administration import republish
from services.kernel.runtime.telling.clients import administering, close
from services.kernel.runtime.telling.relay import Relay
from services.kernel.runtime.telling.relay.ends import look_at_own_topics
from services.kernel.runtime.telling.relay.memory import find_forgotten
from services.kernel.runtime.telling.relay.scanning import scan
from services.kernel.runtime.telling.setting_aside import LaterFactsHaveLeft, give_up_aside, list_aside, retry_aside
from services.kernel.runtime.telling.topics import create_topics, look_at_topics
from tests.faults.grounds import cut_logs
from tests.integration.kernel.toy import toy_service, unit
from tests.support.service import NOW, service_database
from tests.support.waiting import eventually


@pytest.fixture
def node() -> NodeInfo:
    return NodeInfo(f"n{secrets.token_hex(4)}", "安澜市云岭区", Level.COUNTY)


@pytest.fixture
async def database(database_url: str, node: NodeInfo) -> AsyncIterator[Database]:
    async with service_database(toy_service(), database_url, node) as made:
        yield made


@asynccontextmanager
async def relaying(database: Database, kafka: str, **options: Any) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(Relay(database, kafka, **options).run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def tell(database: Database, *names: str, key: str = "a") -> None:
    async with database.transaction(NOW) as tx:
        for name in names:
            tx.tell(unit(key, name))


async def rows(database: Database) -> list[Any]:
    async with database.reading() as session:
        return list(await session.execute(select(OUTBOX).order_by(OUTBOX.c.id)))


def published(database: Database, *, but: int = 0) -> Any:
    async def holds() -> bool:
        return sum(row.published_at is None for row in await rows(database)) == but

    return holds


async def on_broker(database: Database, kafka: str) -> list[str]:
    """The ids that stand on the service's topic, in their order."""
    seen = await asyncio.to_thread(look_at_topics, kafka, f"{database.node.node_id}.directory.unit")
    places = {(topic, partition): 0 for topic, one in seen.items() for partition in one.ends}
    found = [record async for run in scan(kafka, places) for record in run]
    return [dict(record.headers)["ce_id"].decode() for record in found]


async def test_looking_for_what_was_forgotten_leaves_no_task_socket_or_thread_behind(
    database: Database, kafka: str
) -> None:
    async def look() -> None:
        assert await find_forgotten(database, kafka, {}) == []
        async for _ in scan(kafka, {}):
            raise AssertionError
        never_assigned = AIOKafkaConsumer(bootstrap_servers=kafka)
        await never_assigned.start()
        await close(never_assigned)
        with contextlib.suppress(KafkaError), administering("127.0.0.1:1"):
            pass

    await look()
    before = _used()
    for _ in range(5):
        await look()
    assert _used() == before


def _used() -> tuple[int, int, int]:
    return len(asyncio.all_tasks()), len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


async def test_our_own_cancellation_goes_through_and_the_client_is_closed_first(kafka: str) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
    await consumer.start()
    closing = asyncio.create_task(close(consumer))
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert consumer._closed
    assert not consumer._client._conns


async def test_topics_unknown_to_the_broker_are_made_again_and_everything_leaves_again(
    database: Database, killable_broker: Broker
) -> None:
    kafka = killable_broker.bootstrap
    async with relaying(database, kafka):
        await tell(database, *"123")
        await eventually(published(database))
        killable_broker.kill()
        shutil.rmtree(killable_broker.directory / "data")
        await asyncio.to_thread(killable_broker.start)
        await tell(database, *"45")
        ids = [row.event_id for row in await rows(database)]

        async def all_are_there() -> bool:
            try:
                return list(dict.fromkeys(await on_broker(database, kafka))) == ids
            except KafkaError:
                return False

        await eventually(all_are_there)


async def test_a_topic_made_again_while_nothing_is_told_is_noticed(database: Database, kafka: str) -> None:
    async with relaying(database, kafka, look_every_s=1.0):
        await tell(database, *"123")
        await eventually(published(database))
        topic = (await rows(database))[0].topic
        with administering(kafka) as admin:
            admin.delete_topics([topic])
        await asyncio.sleep(1)
        await asyncio.to_thread(create_topics, kafka, [topic])
        ids = [row.event_id for row in await rows(database)]

        async def all_are_there() -> bool:
            return await on_broker(database, kafka) == ids

        await eventually(all_are_there)


async def test_a_log_cut_under_a_relay_that_has_nothing_to_send_is_noticed_and_told_again(
    database: Database, killable_broker: Broker
) -> None:
    kafka = killable_broker.bootstrap
    async with relaying(database, kafka, look_every_s=3600.0):
        for name in "123456":
            await tell(database, name)
            await eventually(published(database))
        ids = [row.event_id for row in await rows(database)]
        assert cut_logs(killable_broker, database.node.node_id, keep=0.4) > 0
        await asyncio.to_thread(killable_broker.start)

        async def all_are_there() -> bool:
            try:
                return set(await on_broker(database, kafka)) == set(ids)
            except KafkaError:
                return False

        await eventually(all_are_there)


async def test_what_stands_beyond_the_end_of_a_cut_log_leaves_again(database: Database, kafka: str) -> None:
    async with relaying(database, kafka):
        await tell(database, *"123")
        await eventually(published(database))
    await _pretend_log_was_cut(database)
    async with relaying(database, kafka):

        async def the_two_left_again() -> bool:
            ids = await on_broker(database, kafka)
            return [ids.count(row.event_id) for row in await rows(database)] == [1, 2, 2]

        await eventually(the_two_left_again)


async def _pretend_log_was_cut(database: Database) -> None:
    """Two rows are said to stand behind the end: as after a power cut that took the log's tail."""
    async with database.transaction(NOW) as tx:
        last = [row.id for row in await rows(database)][1:]
        await tx.session.execute(
            update(OUTBOX).where(OUTBOX.c.id.in_(last)).values(broker_offset=OUTBOX.c.broker_offset + 1000)
        )


async def test_a_log_cut_under_a_running_relay_is_noticed_by_the_offsets(database: Database, kafka: str) -> None:
    async with relaying(database, kafka):
        await tell(database, *"123")
        await eventually(published(database))
        await _pretend_log_was_cut(database)
    relay = Relay(database, kafka)
    async with database.reading() as session:
        from services.kernel.runtime.telling.relay.ends import newest_published

        relay._newest = await newest_published(session)
    await tell(database, "4")
    fourth = (await rows(database))[3]
    producer = relay._producer()
    await producer.start()
    try:
        await relay._publish(producer, [fourth])
    finally:
        await producer.stop()
    assert [row.published_at is None for row in await rows(database)] == [False, True, True, False]


@pytest.mark.parametrize("how", ["too large for us", "too large for the topic", "broken"])
async def test_a_fact_that_cannot_leave_stands_aside_and_holds_only_its_key(
    database: Database, kafka: str, how: str
) -> None:
    await tell(database, *"123", key="a")
    await tell(database, *"12", key="b")
    bad = (await rows(database))[1]
    await _spoil(database, kafka, bad, how)
    async with relaying(database, kafka):
        await eventually(published(database, but=2))
        await eventually(_is_aside(database))
        await tell(database, "3", key="b")
        await eventually(published(database, but=2))
    left = [row.event_id for row in await rows(database) if row.published_at]
    assert left == [row.event_id for row in await rows(database) if row.key != bad.key or row.sequence == 1]
    async with database.reading() as session:
        (aside,) = await list_aside(session)
    assert (aside.id, aside.behind) == (bad.id, 1)
    assert aside.aside_reason


def _is_aside(database: Database) -> Any:
    async def holds() -> bool:
        async with database.reading() as session:
            return bool(await list_aside(session))

    return holds


async def _spoil(database: Database, kafka: str, bad: Any, how: str) -> None:
    values: dict[str, Any] = {"attributes": "{"} if how == "broken" else {"body": b"x" * 2_000_000}
    if how == "too large for the topic":
        values = {"body": b"x" * 50_000}
        await look_at_own_topics(database, kafka)
        resource = ConfigResource(ConfigResourceType.TOPIC, bad.topic, {"max.message.bytes": "20000"})
        with administering(kafka) as admin:
            admin.alter_configs([resource])
    async with database.transaction(NOW) as tx:
        await tx.session.execute(update(OUTBOX).where(OUTBOX.c.id == bad.id).values(**values))


async def test_a_fact_set_aside_is_tried_again_or_given_up(database: Database, kafka: str) -> None:
    await tell(database, *"123")
    bad = (await rows(database))[1]
    await _spoil(database, kafka, bad, "too large for us")
    async with relaying(database, kafka):
        await eventually(_is_aside(database))
        async with database.transaction(NOW) as tx:
            await retry_aside(tx, bad.id)
        await eventually(_is_aside(database))
        async with database.transaction(NOW) as tx:
            await give_up_aside(tx, bad.id)
        await eventually(published(database))
        await tell(database, "4")
        await eventually(published(database))
    numbers = {row.event_id: row.sequence for row in await rows(database)}
    assert sorted(numbers.values()) == [-bad.id, 1, 2, 3]
    assert [numbers[id_] for id_ in await on_broker(database, kafka)] == [1, 2, 3]


async def test_a_fact_whose_followers_have_left_cannot_be_given_up(database: Database, kafka: str) -> None:
    await tell(database, *"123")
    async with relaying(database, kafka):
        await eventually(published(database))
        async with database.transaction(NOW) as tx:
            bad = (await rows(database))[1]
            values = {"body": b"x" * 2_000_000}
            await tx.session.execute(update(OUTBOX).where(OUTBOX.c.id == bad.id).values(**values))
            await republish(tx)
        await eventually(_is_aside(database))
    with pytest.raises(LaterFactsHaveLeft):
        async with database.transaction(NOW) as tx:
            await give_up_aside(tx, bad.id)


async def test_what_is_republished_still_shows_that_it_has_left(database: Database, kafka: str) -> None:
    await tell(database, *"12")
    async with relaying(database, kafka):
        await eventually(published(database))
    async with database.transaction(NOW) as tx:
        assert await republish(tx) == 2
    assert [row.broker_offset is not None for row in await rows(database)] == [True, True]


async def test_an_urgent_fact_leaves_before_what_waits_of_a_large_backlog(database: Database, kafka: str) -> None:
    await tell(database, *map(str, range(1200)))
    async with database.transaction(NOW) as tx:
        await tx.session.execute(text("UPDATE outbox SET urgent = (1 = 1) WHERE id = (SELECT max(id) FROM outbox)"))
    async with relaying(database, kafka):
        await eventually(published(database))
    found = await rows(database)
    assert any(row.published_at > found[-1].published_at for row in found)
