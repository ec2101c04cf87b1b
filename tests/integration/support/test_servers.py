"""The servers that other tests stand on do what those tests believe of them."""

import asyncpg
from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.kafka.broker import Broker
from tests.support.postgres import PostgresServer


def test_the_shared_broker_lets_topics_be_made(kafka: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_topics([NewTopic("servers.shared", 1, 1)])
    assert "servers.shared" in admin.list_topics()
    admin.close()


def test_a_killed_broker_comes_back_with_its_topics(killable_broker: Broker) -> None:
    admin = KafkaAdminClient(bootstrap_servers=killable_broker.bootstrap)
    admin.create_topics([NewTopic("servers.kept", 1, 1)])
    admin.close()

    killable_broker.kill()
    assert killable_broker.pid is None
    killable_broker.start()

    admin = KafkaAdminClient(bootstrap_servers=killable_broker.bootstrap)
    assert "servers.kept" in admin.list_topics()
    admin.close()


async def test_every_database_is_new_and_can_be_written(empty_database_url: str) -> None:
    engine = create_async_engine(empty_database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE item (title text)"))
        await connection.execute(text("INSERT INTO item VALUES ('防汛')"))
        assert await connection.scalar(text("SELECT title FROM item")) == "防汛"
    await engine.dispose()


async def test_a_stopped_postgresql_comes_back_with_what_was_committed(stoppable_postgres: PostgresServer) -> None:
    url = stoppable_postgres.new_database().replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE item AS SELECT 1 AS n")
    stoppable_postgres.stop()
    stoppable_postgres.start()
    await connection.close()

    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT n FROM item") == 1
    await connection.close()
