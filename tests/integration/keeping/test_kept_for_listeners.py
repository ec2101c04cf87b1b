"""A listener that was away for longer than facts and records are kept still learns what they said, on a real broker."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.kernel.language.vocabulary import Level, Role
from services.kernel.runtime.keeping.compacting import compact
from services.kernel.runtime.keeping.listeners import applied_by
from services.kernel.runtime.keeping.pacing import note_round_at
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.settings import NodeInfo, Settings
from tests.integration.kernel.test_progress import cut_log, publish_alone
from tests.integration.kernel.test_relay_and_agents import tell
from tests.integration.kernel.toy import applied, toy_service
from tests.support.service import client_of, officer, running_node, settings_for, unit_id
from tests.support.waiting import eventually


@pytest.fixture
def settings(tmp_path: Path, kafka: str, node_database_url: str) -> Settings:
    node = NodeInfo(f"n{secrets.token_hex(4)}", "安澜市云岭区", Level.COUNTY)
    quick = {"progress_every_s": 0.3, "ask_again_after_s": 2.0}
    return settings_for(node, tmp_path, database_url=node_database_url, kafka=kafka).model_copy(update=quick)


async def seen_by_stats(process: NodeProcess) -> list[str]:
    return (await applied(process.contexts["stats"].database)).get(str(unit_id("a")), [])


async def pass_500_days(process: NodeProcess) -> list[bool]:
    """A round of keeping 500 days from now; which facts of the teller still have their data."""
    context, later = process.contexts["directory"], utc_now() + timedelta(days=500)
    async with context.database.transaction(later) as tx:
        await note_round_at(tx, later)
    before, context.clock = context.clock, lambda: later
    await compact(toy_service(), context, asyncio.Event())
    context.clock = before
    async with context.database.reading() as session:
        return [bool(body) for body in (await session.execute(select(OUTBOX.c.body).order_by(OUTBOX.c.id))).scalars()]


async def said(process: NodeProcess) -> Any:
    async with process.contexts["directory"].database.reading() as session:
        return await applied_by(session)


async def test_a_listener_that_was_away_for_long_applies_what_was_told_meanwhile(settings: Settings) -> None:
    both = [toy_service(), toy_service("stats")]
    async with running_node(both, settings, with_agents=True) as process:
        await tell(process, "1", "2")

        async def has_reported() -> bool:
            return await seen_by_stats(process) == ["1", "2"] and (await said(process)).get("stats", -1) >= 0

        await eventually(has_reported)
    async with running_node([toy_service()], settings) as process:
        await tell(process, "3", "4", "5")
        await publish_alone(process)
        kept = await pass_500_days(process)
        assert kept[2:] == [True, True, True], "the last of a unit alone is kept for other reasons"
        async with client_of(process, officer(Role.ADMIN)) as client:
            answer = (await client.get("/directory/api/v1/progress")).json()
            assert "stats" in {one["listener"] for one in answer["kept_for"]}
    await asyncio.to_thread(cut_log, settings.kafka, settings.topic("directory.unit"))
    async with running_node(both, settings, with_agents=True) as process:

        async def has_all() -> bool:
            return await seen_by_stats(process) == ["1", "2", "3", "4", "5"]

        await eventually(has_all)
    async with running_node(both, settings, with_agents=True) as process:

        async def is_told_of_all() -> bool:
            return min((await said(process)).values()) == 5

        await eventually(is_told_of_all)
        assert await pass_500_days(process) == [False] * 4 + [True]
