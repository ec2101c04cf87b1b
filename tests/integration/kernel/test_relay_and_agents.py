"""From commit to effect through a real broker: relay, topics, Faust agents and the check of a restored database."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from services.kernel.language.vocabulary import Level
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.leases import Lease, LeaseLost
from services.kernel.runtime.surroundings.settings import NodeInfo
from tests.integration.kernel.toy import applied, toy_service, unit
from tests.support.service import running_node, settings_for, unit_id
from tests.support.waiting import eventually


@pytest.fixture
def node() -> NodeInfo:
    return NodeInfo(f"n{secrets.token_hex(4)}", "安澜市云岭区", Level.COUNTY)


@pytest.fixture
async def process(node: NodeInfo, node_database_url: str, kafka: str, tmp_path: Path) -> AsyncIterator[NodeProcess]:
    settings = settings_for(node, tmp_path, database_url=node_database_url, kafka=kafka)
    async with running_node([toy_service()], settings, with_agents=True) as running:
        yield running


async def tell(process: NodeProcess, *names: str) -> None:
    async with process.contexts["directory"].database.transaction(process.contexts["directory"].clock()) as tx:
        for name in names:
            tx.tell(unit("a", name))


async def seen(process: NodeProcess) -> list[str]:
    return (await applied(process.contexts["directory"].database)).get(str(unit_id("a")), [])


async def test_what_is_told_takes_effect_once_and_in_order(process: NodeProcess) -> None:
    names = [str(n) for n in range(250)]
    for start in range(0, 250, 50):
        await tell(process, *names[start : start + 50])

    async def all_are_there() -> bool:
        return len(await seen(process)) >= 250

    await eventually(all_are_there)
    assert await seen(process) == names


def _published(process: NodeProcess) -> Callable[[], Any]:
    async def holds() -> bool:
        return await _count(process, "SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0

    return holds


async def _count(process: NodeProcess, query: str) -> int:
    from sqlalchemy import text

    async with process.contexts["directory"].database.reading() as session:
        return int((await session.execute(text(query))).scalar_one())


async def test_whoever_lost_the_lease_can_no_longer_write_under_it(process: NodeProcess, tmp_path: Path) -> None:
    database = process.contexts["directory"].database
    lease = Lease(database, "test", folder=tmp_path / "locks")
    assert await lease.take()
    held = database.fenced(lease.check)
    async with held.transaction(process.contexts["directory"].clock()) as tx:
        tx.tell(unit("lease", "held"))
    await lease.release()
    successor = Lease(database, "test", folder=tmp_path / "locks")
    assert await successor.take()
    with pytest.raises(LeaseLost):
        async with held.transaction(process.contexts["directory"].clock()):
            pass
    await successor.release()
