"""The database goes away under load: pages say so, facts wait, and nothing is lost or doubled when it is back."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from tests.faults.node import FaultyNode, faulty_node
from tests.support.postgres import PostgresServer
from tests.support.waiting import eventually

AWAY_S = 15.0
LOCKED_S = 12.0
"""Longer than the ten seconds that SQLite itself waits for a lock."""


async def test_postgresql_stopped_and_started_again(
    tmp_path: Path, kafka: str, stoppable_postgres: PostgresServer
) -> None:
    async with faulty_node(tmp_path, kafka, stoppable_postgres.new_database()) as node:
        child = node.start(total=600, pause_s=0.02)
        await eventually(child.is_assigned)
        await asyncio.sleep(1)
        await asyncio.to_thread(stoppable_postgres.stop)
        await asyncio.sleep(AWAY_S)
        assert (await child.ask("/livez")).status_code == 200
        assert (await child.ask("/readyz")).status_code == 503
        await asyncio.to_thread(stoppable_postgres.start)
        (await node.settled(600)).check(600)
        assert child.is_alive


async def test_sqlite_locked_by_another_program(small_node: FaultyNode) -> None:
    child = small_node.start(total=600, pause_s=0.02)
    await eventually(child.is_assigned)
    await asyncio.sleep(1)
    other = sqlite3.connect(small_node.database.url.database or "", isolation_level=None, timeout=30)
    other.execute("BEGIN EXCLUSIVE")
    await asyncio.sleep(LOCKED_S)
    assert (await child.ask("/livez")).status_code == 200
    other.execute("ROLLBACK")
    other.close()
    (await small_node.settled(600)).check(600)
