"""What another process of the node writes wakes this one at once: its relay, its lanes and its live pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.waking import EVERYTHING
from tests.integration.kernel.toy import toy_service, unit
from tests.support.service import DISTRICT, NOW, running_node, settings_for

LONG_S = 60
"""Nothing else wakes what waits here: without the word it would wait for ever."""


@pytest.fixture
async def node(tmp_path: Path, node_database_url: str) -> AsyncIterator[NodeProcess]:
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    async with running_node([toy_service()], settings) as process:
        await _until_it_hears(process)
        yield process


@pytest.fixture
async def command(node: NodeProcess) -> AsyncIterator[Database]:
    """The same database as a command in another process opens it."""
    database = Database(node.contexts["directory"].database.url, service="directory", node=DISTRICT)
    yield database
    await database.close()


async def _until_it_hears(process: NodeProcess) -> None:
    """On PostgreSQL listening begins by waking everybody; on SQLite at once."""
    database = process.contexts["directory"].database
    async with asyncio.timeout(LONG_S):
        while not database.word.hears:  # noqa: ASYNC110 - a flag of the node, which has no event for tests
            await asyncio.sleep(0.01)
        if not database.is_sqlite:
            await database.told.wait()
            database.told.clear()


async def test_a_fact_that_a_command_tells_wakes_the_relay(node: NodeProcess, command: Database) -> None:
    waiting = node.contexts["directory"].database
    for n in range(3):
        waiting.told.clear()
        async with command.transaction(NOW) as tx:
            tx.tell(unit("a", str(n)))
        await asyncio.wait_for(waiting.told.wait(), LONG_S)


async def test_a_signal_of_another_process_reaches_the_pages_of_this_one(node: NodeProcess, command: Database) -> None:
    changes = node.contexts["directory"].signals.changes(["queue"], "")
    first = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    async with command.transaction(NOW) as tx:
        tx.signal("queue")
        tx.signal("other")
    await asyncio.wait_for(first, LONG_S)


async def test_what_was_rolled_back_wakes_nobody(node: NodeProcess, command: Database) -> None:
    waiting = node.contexts["directory"].database

    async def tell_and_fail() -> None:
        async with command.transaction(NOW) as tx:
            tx.tell(unit("a", "never"))
            await tx.seal()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await tell_and_fail()
    async with command.transaction(NOW) as tx:
        tx.signal("after")
    await asyncio.wait_for(anext(node.contexts["directory"].signals.changes(["after"], "unknown")), LONG_S)
    assert not waiting.told.is_set()


async def test_a_lost_connection_is_made_again_and_everybody_looks(
    node: NodeProcess, command: Database, database_kind: str
) -> None:
    if database_kind == "sqlite":
        pytest.skip("a file needs no connection")
    changes = node.contexts["directory"].signals.changes(["queue"], "")
    first = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    async with command.engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(text(others))
    await asyncio.wait_for(first, LONG_S)
    assert node.contexts["directory"].signals.mark([EVERYTHING]).rpartition("-")[2] != "0"
    waiting = node.contexts["directory"].database
    waiting.told.clear()
    async with command.transaction(NOW) as tx:
        tx.tell(unit("a", "1"))
    await asyncio.wait_for(waiting.told.wait(), LONG_S)
