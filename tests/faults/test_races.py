"""Two at once: writers on one key, consumers of one partition, holders of one lease, and tasks cut off in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.kernel.language.envelope import to_headers
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.leases import Lease, LeaseLost
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.telling.inbox import Inbox, Message
from tests.faults.counting import KEYS, LISTENS_TO, counting_service, take_account, tell
from tests.faults.node import FaultyNode
from tests.integration.kernel.toy import unit
from tests.support.postgres import PostgresServer
from tests.support.service import DISTRICT, NOW, service_database
from tests.support.waiting import eventually


class Clock:
    """What `tell` asks for the time."""

    @staticmethod
    def clock() -> datetime:
        return NOW


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(counting_service(), database_url) as made:
        yield made


@pytest.fixture
async def both(postgres: PostgresServer) -> AsyncIterator[tuple[Database, Database]]:
    """One PostgreSQL database as two processes have it, each with its own connections."""
    url = postgres.new_database()
    async with service_database(counting_service(), url) as one:
        other = Database(url, service="directory", node=DISTRICT)
        yield one, other
        await other.close()
    postgres.drop_database(url)


async def told_messages(database: Database) -> list[Message]:
    async with database.reading() as session:
        rows = list(await session.execute(select(OUTBOX).order_by(OUTBOX.c.id)))
    return [Message(row.topic, f"0:{row.id}", to_headers(envelope_of(row)), bytes(row.body)) for row in rows]


async def test_the_later_of_two_transactions_on_one_key_waits_and_comes_second(both: tuple[Database, Database]) -> None:
    one, other = both
    sealed, may_commit = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with one.transaction(NOW) as tx:
            tx.tell(unit("hot", "first"))
            await tx.seal()
            tx.told.clear()
            sealed.set()
            await may_commit.wait()

    async def second() -> None:
        await sealed.wait()
        async with other.transaction(NOW) as tx:
            tx.tell(unit("hot", "second"))

    running = [asyncio.create_task(first()), asyncio.create_task(second())]
    await sealed.wait()
    await asyncio.sleep(0.3)
    assert not running[1].done()
    may_commit.set()
    await asyncio.gather(*running)
    assert (await take_account(one)).told[str(unit("hot", "").unit_id)] == ["first", "second"]


async def test_racing_writers_with_rollbacks_leave_no_gap_and_arrive_in_commit_order(
    tmp_path: Path, kafka: str, postgres: PostgresServer
) -> None:
    from tests.faults.node import faulty_node

    url = postgres.new_database()
    async with faulty_node(tmp_path, kafka, url) as node:
        node.start()
        other = Database(url, service="directory", node=node.database.node)

        async def write(writer: int, database: Database) -> None:
            chance = random.Random(writer)
            for n in range(25):
                places = chance.sample(KEYS, k=3)
                while True:
                    try:
                        async with database.transaction(NOW) as tx:
                            for key in places:
                                tx.tell(unit(key, f"{writer}.{n}"))
                            if chance.random() < 0.2:
                                await tx.seal()
                                raise ZeroDivisionError
                        break
                    except ZeroDivisionError:
                        continue
                    except DBAPIError as fault:
                        if "deadlock" not in str(fault.orig).lower():
                            raise

        await asyncio.gather(*(write(n, (node.database, other)[n % 2]) for n in range(6)))
        await other.close()
        (await node.settled(450)).check(450)
    postgres.drop_database(url)


async def test_two_consumers_of_one_batch_apply_it_once(both: tuple[Database, Database]) -> None:
    one, other = both
    await tell(one, Clock, range(200))
    messages = await told_messages(one)
    inboxes = [
        Inbox(database, LISTENS_TO, consumer="directory.routine", prefix="district", clock=lambda: NOW)
        for database in both
    ]
    for start in range(0, len(messages), 40):
        await asyncio.gather(*(inbox.receive(messages[start : start + 40]) for inbox in inboxes))
    account = await take_account(other)
    assert account.applied == account.told


async def test_a_task_cut_off_anywhere_in_a_transaction_leaves_all_or_nothing(database: Database) -> None:
    chance = random.Random(3)
    committed: set[int] = set()

    async def write(n: int) -> None:
        await tell(database, Clock, [n])
        committed.add(n)

    for n in range(120):
        task = asyncio.create_task(write(n))
        await asyncio.sleep(chance.uniform(0, 0.012))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await asyncio.wait_for(tell(database, Clock, [1000]), 180)
    account = await take_account(database)
    told = [int(name) for names in account.told.values() for name in names]
    assert committed | {1000} <= set(told)
    assert len(told) == len(set(told))
    async with database.reading() as session:
        for key in account.told:
            query = select(OUTBOX.c.sequence).where(OUTBOX.c.key == key).order_by(OUTBOX.c.sequence)
            sequences = list((await session.execute(query)).scalars())
            assert sequences == list(range(1, len(sequences) + 1))


async def test_a_lease_given_back_can_be_taken_by_another(
    database: Database, tmp_path: Path, database_url: str
) -> None:
    other = Database(database_url, service="directory", node=DISTRICT)
    first, second = Lease(database, "relay", folder=tmp_path), Lease(other, "relay", folder=tmp_path)
    for _ in range(3):
        assert await first.take()
        assert not await second.take()
        await first.release()
        assert await second.take()
        assert not await first.take()
        await second.release()
    await other.close()


async def test_a_holder_whose_session_was_cut_is_fenced_off_and_steps_back(
    both: tuple[Database, Database], tmp_path: Path
) -> None:
    one, other = both
    first, second = Lease(one, "relay", folder=tmp_path), Lease(other, "relay", folder=tmp_path)
    assert await first.take()
    async with other.reading() as session:
        await session.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        )
    assert await second.take()
    with pytest.raises(LeaseLost):
        async with one.transaction(NOW) as tx:
            await first.check(tx.session)
    assert not await first.is_alive()
    await first.release()
    assert not await first.take()
    await second.release()
    assert await first.take()
    await first.release()


async def test_every_session_cut_under_load_loses_and_doubles_nothing(
    tmp_path: Path, kafka: str, postgres: PostgresServer
) -> None:
    from tests.faults.node import faulty_node

    url = postgres.new_database()
    async with faulty_node(tmp_path, kafka, url) as node:
        child = node.start(total=600, pause_s=0.02)
        await eventually(child.is_assigned)
        for _ in range(3):
            await asyncio.sleep(0.7)
            await cut_all_sessions(node)
        (await node.settled(600)).check(600)
    postgres.drop_database(url)


async def cut_all_sessions(node: FaultyNode) -> None:
    query = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with node.database.engine.connect() as connection:
        await connection.execute(query)
    await node.database.engine.dispose()
