"""What cannot be applied waits where it is seen, and stops neither the others nor, for ever, the consumer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, text

from services.kernel.language.envelope import to_headers
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import Inbox, ListensTo, Message, waiting
from tests.integration.kernel.toy import applied, note, toy_service, unit
from tests.support.service import NOW, service_database, unit_id


async def note_or_fail(tx: Transaction, fact: UnitRegistered) -> None:
    """Note a unit; some names ask for a fault that looks like a passing one, or that comes at the very end."""
    if fact.name.startswith("no such column"):
        await tx.session.execute(text("SELECT nobody FROM toy_applied"))
    if fact.name.startswith("no such clock"):
        await tx.session.execute(text("SELECT clock_at FROM toy_applied"))
    if fact.name.startswith("no such file"):
        raise FileNotFoundError(fact.name)
    if fact.name.startswith("its own timeout"):
        raise TimeoutError(fact.name)
    if fact.name.startswith("its own connection"):
        raise ConnectionResetError(fact.name)
    if fact.name.startswith("at the end"):
        tx.before_commit(_fail)
    if "\0" in fact.name:
        await tx.session.execute(
            text("SELECT CAST(:name AS varchar(5)), 1 / :nothing, nobody"), {"name": fact.name, "nothing": 0}
        )
    await note(tx, fact)


async def _fail() -> None:
    raise ZeroDivisionError("at the end")


LISTENS_TO: ListensTo = {"directory.unit": {UnitRegistered: note_or_fail}}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(toy_service(), database_url) as made:
        yield made


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database, LISTENS_TO, consumer="toy.routine", prefix="district", clock=lambda: NOW)


async def told(database: Database, *facts: Any) -> list[Message]:
    async with database.transaction(NOW) as tx:
        for fact in facts:
            tx.tell(fact)
    async with database.reading() as session:
        rows = list(await session.execute(select(OUTBOX).order_by(OUTBOX.c.id)))[-len(facts) :]
    return [Message(row.topic, f"0:{row.id}", to_headers(envelope_of(row)), bytes(row.body)) for row in rows]


async def parked(database: Database) -> list[Any]:
    async with database.reading() as session:
        return await waiting.list_waiting(session, kind="parked", limit=1000)


@pytest.mark.parametrize(
    "name",
    [
        "no such column", "no such clock", "no such file", "its own timeout", "its own connection", "at the end",
        "text that speaks of a locked connection\0",
    ],
)  # fmt: skip
async def test_a_bug_that_looks_like_a_passing_fault_is_parked_too(database: Database, inbox: Inbox, name: str) -> None:
    messages = await told(database, unit("a", "1"), unit("a", name), unit("b", "1"))
    await asyncio.wait_for(inbox.receive(messages), 180)
    assert await applied(database) == {str(unit_id("a")): ["1"], str(unit_id("b")): ["1"]}
    assert [row.sequence for row in await parked(database)] == [2]


async def test_replaying_a_fork_leaves_the_key_where_it_is(database: Database, inbox: Inbox) -> None:
    messages = await told(database, unit("a", "1"), unit("a", "2"))
    await inbox.receive(messages)
    forged = [(name, b"another-id" if name == "ce_id" else value) for name, value in messages[1].headers]
    await inbox.receive([Message(messages[1].topic, "0:99", forged, unit("a", "2 again").model_dump_json().encode())])
    await inbox.receive(await told(database, unit("a", "3")))
    (fork,) = await parked(database)
    assert await inbox.replay(fork.id)
    await inbox.receive([*messages, *await told(database, unit("a", "4"))])
    assert await applied(database) == {str(unit_id("a")): ["1", "2", "3", "2 again", "4"]}
    assert await parked(database) == []


async def test_what_is_held_is_not_replayed_before_its_turn(database: Database, inbox: Inbox) -> None:
    _, second, third = await told(database, unit("a", "1"), unit("a", "2"), unit("a", "3"))
    await inbox.receive([third, second])
    async with database.reading() as session:
        rows = await waiting.list_waiting(session)
    assert [await inbox.replay(row.id) for row in rows] == [False, False]
    assert await applied(database) == {}
