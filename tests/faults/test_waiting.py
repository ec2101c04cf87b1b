"""What cannot be applied waits where it is seen, and stops neither the others nor, for ever, the consumer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, text

from services.kernel.language.envelope import to_headers
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.runtime.database import Database
from services.kernel.runtime.inbox import Inbox, ListensTo, Message, waiting
from services.kernel.runtime.outbox import envelope_of
from services.kernel.runtime.tables import INBOX_WAITING, OUTBOX
from services.kernel.runtime.transaction import Transaction
from tests.integration.kernel.toy import applied, note, toy_service, unit
from tests.support.service import NOW, service_database, unit_id


async def note_or_fail(tx: Transaction, fact: UnitRegistered) -> None:
    """Note a unit; some names ask for a fault that looks like a passing one, or that comes at the very end."""
    if fact.name.startswith("no such column"):
        await tx.session.execute(text("SELECT nobody FROM toy_applied"))
    if fact.name.startswith("no such file"):
        raise FileNotFoundError(fact.name)
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
    "name", ["no such column", "no such file", "at the end", "text that speaks of a locked connection\0"]
)
async def test_a_bug_that_looks_like_a_passing_fault_is_parked_too(database: Database, inbox: Inbox, name: str) -> None:
    messages = await told(database, unit("a", "1"), unit("a", name), unit("b", "1"))
    await asyncio.wait_for(inbox.receive(messages), 20)
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


@pytest.mark.parametrize("kind", ["refused", "unreadable"])
async def test_a_consumer_stops_after_too_many_parked_and_goes_on_when_they_are_dealt_with(
    database: Database, inbox: Inbox, kind: str
) -> None:
    names = ["refuse" if kind == "refused" and n % 8 == 0 else "well" for n in range(100)]
    messages = await told(database, *(unit(f"k{n}", name) for n, name in enumerate(names)))
    if kind == "unreadable":
        messages = [Message(m.topic, m.place, [] if n % 8 == 0 else m.headers, m.value) for n, m in enumerate(messages)]
    later = await told(database, unit("later", "well"))
    consuming = asyncio.create_task(_consume(inbox, [*messages[:50], *messages[50:], *later]))
    await asyncio.sleep(3.0)
    assert not consuming.done()
    assert str(unit_id("later")) not in await applied(database)
    for row in await parked(database):
        async with database.transaction(NOW) as tx:
            await tx.session.execute(INBOX_WAITING.delete().where(INBOX_WAITING.c.id == row.id))
    await asyncio.wait_for(consuming, 10)
    assert (await applied(database))[str(unit_id("later"))] == ["well"]


async def _consume(inbox: Inbox, messages: list[Message]) -> None:
    for start in range(0, len(messages), 10):
        await inbox.receive(messages[start : start + 10])
