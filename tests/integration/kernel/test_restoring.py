"""A database put back from a backup: it writes nothing until restore has brought back what it forgot, once and in order."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from services.kernel.language.envelope import dataschema_of
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.language.vocabulary import Level
from services.kernel.runtime.keeping.retention import empty_facts
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.erased import ERASED
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.standing import DatabaseOlderThanTold, StillStarting, incarnation, read_standing
from services.kernel.runtime.storing.tables import OUTBOX, OUTBOX_STATE, TAKEN_BACK
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.telling.administration import republish
from services.kernel.runtime.telling.relay.ends import look_at_own_topics
from services.kernel.runtime.telling.relay.memory import find_forgotten
from services.kernel.runtime.telling.restoring import Restored, restore
from services.kernel.runtime.telling.restoring.restoring import ReplayIncomplete
from services.kernel.runtime.telling.returned import apply_returned
from services.kernel.runtime.web.dependencies import Tx
from services.kernel.runtime.web.limits import edge_router
from tests.integration.kernel.test_leaving import published, relaying, rows, tell
from tests.integration.kernel.toy import APPLIED, applied, toy_service, unit
from tests.support.service import NOW, client_of, running_node, service_database, settings_for, unit_id
from tests.support.waiting import eventually

KEY = str(unit_id("a"))
OWN = f"own:{KEY}"


async def redo(tx: Transaction, fact: UnitRegistered) -> None:
    """The teller's own state: each name that it has registered, once."""
    if fact.name.startswith("tells"):
        tx.tell(fact)
    place = (APPLIED.c.key == f"own:{fact.key}", APPLIED.c.name == fact.name)
    if (await tx.session.execute(select(APPLIED.c.id).where(*place))).first() is None:
        await tx.session.execute(insert(APPLIED).values(key=f"own:{fact.key}", name=fact.name))


def restorable() -> Service:
    router = edge_router()

    @router.post("/say/{name}")
    async def say(name: str, tx: Tx) -> dict[str, str]:
        fact = unit("a", name)
        await redo(tx, fact)
        tx.tell(fact)
        return {}

    @router.get("/said")
    async def said() -> dict[str, str]:
        return {}

    return replace(toy_service(), replays={UnitRegistered: redo}, routers=(router,))


@pytest.fixture
def node() -> NodeInfo:
    return NodeInfo(f"n{secrets.token_hex(4)}", "安澜市云岭区", Level.COUNTY)


@pytest.fixture
async def database(database_url: str, node: NodeInfo) -> AsyncIterator[Database]:
    async with service_database(toy_service(), database_url, node) as made:
        yield made


async def say(process: NodeProcess, *names: str) -> list[int]:
    async with client_of(process) as client:
        return [(await client.post(f"/directory/say/{name}")).status_code for name in names]


def are_applied(process: NodeProcess, *names: str) -> Any:
    async def holds() -> bool:
        found = await applied(process.contexts["directory"].database)
        return found.get(KEY) == list(names)

    return holds


def is_blocked(process: NodeProcess) -> Any:
    async def holds() -> bool:
        async with process.contexts["directory"].database.reading() as session:
            return (await read_standing(session)).blocked_reason is not None

    return holds


async def restored(process: NodeProcess, **options: Any) -> Restored:
    """As the command does it: with a database object of its own."""
    context = process.contexts["directory"]
    database = Database(context.database.url, service="directory", node=context.node)
    try:
        return await restore(restorable(), replace(context, database=database), **options)
    finally:
        await database.close()


async def lived(settings: Any, before: Path) -> None:
    """A node says 1 and 2, is backed up, says 3 and 4, and its database is put back."""
    async with running_node([restorable()], settings, with_agents=True) as process:
        assert await say(process, "1", "2") == [200, 200]
        await eventually(are_applied(process, "1", "2"))
    shutil.copy(settings.data_dir / "directory.db", before)
    async with running_node([restorable()], settings, with_agents=True) as process:
        assert await say(process, "3", "4") == [200, 200]
        await eventually(are_applied(process, "1", "2", "3", "4"))
    for leftover in settings.data_dir.glob("directory.db*"):
        leftover.unlink()
    shutil.copy(before, settings.data_dir / "directory.db")


async def test_a_database_put_back_writes_nothing_until_it_is_restored_and_then_lacks_nothing(
    node: NodeInfo, kafka: str, tmp_path: Path
) -> None:
    settings = settings_for(node, tmp_path / "data", kafka=kafka)
    await lived(settings, tmp_path / "backup.db")
    async with running_node([restorable()], settings, with_agents=True) as process:
        async with client_of(process) as client:
            answer = await client.post("/directory/say/new", headers={"Accept": "text/html"})
            assert answer.status_code == 503
            assert "restore" in answer.text
            answer = await client.post("/directory/say/new")
            assert (answer.status_code, answer.json()["code"]) == (503, "database_older_than_told")
            assert (await client.get("/directory/said")).status_code == 200
        assert await are_applied(process, "1", "2")()
        done = await restored(process)
        assert [one.envelope.sequence for one in done.forgotten] == [3, 4]
        assert (done.replayed.own, done.taken.renumbered) == (2, 0)

        async def writes_again() -> bool:
            return await say(process, "5") == [200]

        await eventually(writes_again)
        await eventually(are_applied(process, *"12345"))
        await eventually(published(process.contexts["directory"].database))
        await asyncio.sleep(1)  # whatever would apply a second time has a moment to do so
        assert await applied(process.contexts["directory"].database) == {KEY: list("12345"), OWN: list("12345")}


async def test_a_database_put_back_is_found_without_a_broker_and_a_young_one_works_alone(
    node: NodeInfo, tmp_path: Path
) -> None:
    settings = settings_for(node, tmp_path / "data")
    async with running_node([restorable()], settings, with_agents=True) as process:
        assert await say(process, "1") == [200]
        async with process.contexts["directory"].database.reading() as session:
            assert await incarnation(session) == 1
    shutil.copy(settings.data_dir / "directory.db", tmp_path / "backup.db")
    async with running_node([restorable()], settings, with_agents=True) as process:
        assert await say(process, "2") == [200]
    for leftover in settings.data_dir.glob("directory.db*"):
        leftover.unlink()
    shutil.copy(tmp_path / "backup.db", settings.data_dir / "directory.db")
    async with running_node([restorable()], settings, with_agents=True) as process:
        assert await say(process, "3") == [503]


async def test_what_was_told_while_the_broker_was_away_stands_behind_what_was_forgotten(
    node: NodeInfo, kafka: str, tmp_path: Path
) -> None:
    settings = settings_for(node, tmp_path / "data", kafka=kafka)
    await lived(settings, tmp_path / "backup.db")
    shutil.rmtree(settings.data_dir / "incarnation")  # the whole folder was put back: only the broker knows
    alone = settings.model_copy(update={"kafka": "127.0.0.1:1"})
    async with running_node([restorable()], alone, with_agents=True) as process:
        assert await say(process, "new 3", "new 4") == [200, 200]
    async with running_node([restorable()], settings, with_agents=True) as process:
        await eventually(is_blocked(process))
        done = await restored(process)
        assert done.taken.renumbered == 2
        await eventually(are_applied(process, "1", "2", "3", "4", "new 3", "new 4"))


async def test_rows_whose_mark_was_lost_keep_their_numbers(database: Database, kafka: str, tmp_path: Path) -> None:
    await tell(database, *"1234")
    async with relaying(database, kafka):
        await eventually(published(database))
    before = await rows(database)
    async with database.transaction(NOW) as tx:
        last = [row.id for row in before[2:]]
        lost = {"published_at": None, "broker_partition": None, "broker_offset": None}
        await tx.session.execute(update(OUTBOX).where(OUTBOX.c.id.in_(last)).values(**lost))
    done = await restored_directly(database, kafka, tmp_path)
    assert (done.taken.matched, done.taken.renumbered, len(done.forgotten)) == (2, 0, 0)
    after = await rows(database)
    assert [(row.event_id, row.sequence, row.broker_offset) for row in after] == [
        (row.event_id, row.sequence, row.broker_offset) for row in before
    ]


async def test_republished_and_then_restored_everything_is_applied_once(
    database: Database, kafka: str, tmp_path: Path
) -> None:
    await tell(database, *"1234")
    async with relaying(database, kafka):
        await eventually(published(database))
    async with database.transaction(NOW) as tx:
        await republish(tx)
    done = await restored_directly(database, kafka, tmp_path)
    assert (done.taken.renumbered, len(done.forgotten)) == (0, 0)
    async with relaying(database, kafka):
        await eventually(published(database))
    assert [row.sequence for row in await rows(database)] == [1, 2, 3, 4]
    assert (await restored_directly(database, kafka, tmp_path)).replayed.heard == 0
    assert (await applied(database))[KEY] == list("1234")


async def restored_directly(database: Database, kafka: str, folder: Path) -> Restored:
    settings = settings_for(database.node, folder, kafka=kafka)
    from services.kernel.runtime.running.app import make_context

    context = make_context(restorable(), settings, None)  # type: ignore[arg-type]
    await context.database.close()
    return await restore(restorable(), replace(context, database=database))


async def test_deleted_rows_of_long_ago_are_not_taken_for_forgotten(database: Database, kafka: str) -> None:
    await tell(database, *"1234")
    async with relaying(database, kafka):
        await eventually(published(database))
    async with database.transaction(NOW) as tx:
        await tx.session.execute(delete(OUTBOX).where(OUTBOX.c.sequence <= 2))
    assert await find_forgotten(database, kafka, await look_at_own_topics(database, kafka)) == []


async def test_a_replay_that_tells_stops_the_restore_until_it_is_accepted(
    node: NodeInfo, kafka: str, tmp_path: Path
) -> None:
    settings = settings_for(node, tmp_path / "data", kafka=kafka)
    async with running_node([restorable()], settings) as process:
        database = process.contexts["directory"].database
        await tell(database, "1", "tells 2", "3")
        async with relaying(database, kafka):
            await eventually(published(database))
        async with database.transaction(NOW) as tx:
            await tx.session.execute(delete(OUTBOX))
            await tx.session.execute(delete(OUTBOX.metadata.tables["counter"]))
        with pytest.raises(ReplayIncomplete) as refused:
            await restored(process)
        assert "ToldInReplay" in str(refused.value.details)
        assert await is_blocked(process)()
        done = await restored(process, accept_failures=True)
        assert [one.reason.startswith("ToldInReplay") for one in done.replayed.failed] == [True]
        assert not await is_blocked(process)()
        assert (await applied(database))[OWN] == ["1", "3"]
        assert (await applied(database))[KEY] == ["1", "tells 2", "3"]


async def test_a_fact_passed_on_of_a_type_that_only_a_neighbour_knows_stops_no_restore(
    node: NodeInfo, kafka: str, tmp_path: Path
) -> None:
    settings = settings_for(node, tmp_path / "data", kafka=kafka)
    async with running_node([restorable()], settings) as process:
        database = process.contexts["directory"].database
        await tell(database, "1")
        (row,) = await rows(database)
        stranger = replace(
            envelope_of(row),
            id="stranger",
            type="unit.pondered",
            dataschema=dataschema_of("unit.pondered", 1),
            sequence=0,
        )
        async with database.transaction(NOW) as tx:
            tx.retell(stranger, topic="directory.unit", key=KEY)
        async with relaying(database, kafka):
            await eventually(published(database))
        async with database.transaction(NOW) as tx:
            await tx.session.execute(delete(OUTBOX))
            await tx.session.execute(delete(OUTBOX.metadata.tables["counter"]))
        assert (await restored(process)).replayed.failed == []
        assert [one.event_id for one in await rows(database)] == [row.event_id, "stranger"]


async def test_a_fact_that_comes_back_emptied_stops_no_restore(node: NodeInfo, kafka: str, tmp_path: Path) -> None:
    settings = settings_for(node, tmp_path / "data", kafka=kafka)
    async with running_node([restorable()], settings) as process:
        database = process.contexts["directory"].database
        await tell(database, "erased", "2")
        async with database.transaction(NOW) as tx:
            await empty_facts(tx, (await rows(database))[:1], ERASED)
        async with relaying(database, kafka):
            await eventually(published(database))
        async with database.transaction(NOW) as tx:
            await tx.session.execute(delete(OUTBOX))
            await tx.session.execute(delete(OUTBOX.metadata.tables["counter"]))
        assert (await restored(process)).replayed.failed == []
        assert (await applied(database))[OWN] == ["2"]
        async with database.reading() as session:
            assert (await session.execute(select(TAKEN_BACK))).all() == []


async def test_a_fact_that_a_neighbour_returns_is_taken_back_once_and_replayed(database: Database) -> None:
    await tell(database, "1")
    (row,) = await rows(database)
    envelope = envelope_of(row)
    async with database.transaction(NOW) as tx:
        await tx.session.execute(delete(OUTBOX))
    for expected in (True, False):
        async with database.transaction(NOW) as tx:
            assert await apply_returned(restorable(), tx, envelope) is expected
    (again,) = await rows(database)
    assert (again.event_id, again.sequence, again.published_at) == (row.event_id, 2, None)
    assert (await applied(database))[OWN] == ["1"]


async def test_before_its_check_a_start_lets_nobody_write_and_without_a_broker_everybody(database: Database) -> None:
    database.gate.await_check()
    async with database.ungated().transaction(NOW) as tx:
        await tx.session.execute(update(OUTBOX_STATE).values(incarnation=2, checked=1))
    assert isinstance(await database.gate.refusal(), StillStarting)
    waiting = asyncio.create_task(tell(database, "1"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    database.gate.broker_is_away()
    await waiting
    async with database.ungated().transaction(NOW) as tx:
        await tx.session.execute(update(OUTBOX_STATE).values(blocked_reason="旧"))
    database.gate.changed()
    with pytest.raises(DatabaseOlderThanTold):
        await tell(database, "2")
    in_background = asyncio.create_task(tell(database.patient(), "3"))
    await asyncio.sleep(0.1)
    async with database.ungated().transaction(NOW) as tx:
        await tx.session.execute(update(OUTBOX_STATE).values(blocked_reason=None))
    await in_background
    assert [row.sequence for row in await rows(database)] == [1, 2]
