"""Nobody waits for a long batch, and nothing is lost when more is held than may be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from services.kernel.language.events.directory import UnitRegistered
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.tables import INBOX_WAITING
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import Inbox, Message
from services.kernel.runtime.telling.inbox.positions import Position, load_positions
from services.kernel.runtime.telling.inbox.waiting import HeldLimits
from tests.faults.test_waiting import told
from tests.integration.kernel.toy import LISTENS_TO, applied, note, toy_service, unit
from tests.support.service import NOW, service_database, unit_id
from tests.support.waiting import eventually


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(toy_service(), database_url) as made:
        yield made


def _read(messages: list[Message]) -> list[Message]:
    """The messages as a listener gives them: one partition, offsets from 0."""
    return [
        replace(message, place=f"0:{offset}", position=Position("topic", offset + 1, str(offset)))
        for offset, message in enumerate(messages)
    ]


async def test_others_write_between_two_transactions_of_a_slow_batch(database: Database) -> None:
    async def note_slowly(tx: Transaction, fact: UnitRegistered) -> None:
        await asyncio.sleep(0.03)
        await note(tx, fact)

    inbox = Inbox(
        database, {"directory.unit": {UnitRegistered: note_slowly}},
        consumer="toy.routine", prefix="district", clock=lambda: NOW,
    )  # fmt: skip
    messages = await told(database, *(unit(f"k{n}", "1") for n in range(60)))
    receiving = asyncio.create_task(inbox.receive(messages))

    async def something_is_applied() -> bool:
        return bool(await applied(database))

    await eventually(something_is_applied)
    async with database.transaction(NOW):
        pass
    assert len(await applied(database)) < 60
    await receiving
    assert len(await applied(database)) == 60


@pytest.mark.parametrize("limits", [HeldLimits(10, 3), HeldLimits(4, 100)])
async def test_what_is_too_much_to_hold_is_read_again_once_there_is_room(
    database: Database, limits: HeldLimits
) -> None:
    inbox = Inbox(database, LISTENS_TO, consumer="toy.routine", prefix="district", clock=lambda: NOW, limits=limits)
    messages = _read(await told(database, *(unit("a", str(n)) for n in range(12)), unit("b", "1")))
    first, *rest = messages
    place = (first.topic, 0)
    assert await inbox.known_positions([place]) == {}
    await inbox.receive(rest)
    held = min(limits.in_all, limits.of_a_key)
    assert await _count_waiting(database) == held
    assert await applied(database) == {str(unit_id("b")): ["1"]}
    assert (await _positions(database))[place].skipped_from == held + 1
    await inbox.tend()
    reads_again = inbox.may_read_again
    assert not reads_again
    await inbox.receive([first])
    await inbox.tend()
    assert inbox.may_read_again
    assert (await inbox.known_positions([place]))[place].next_offset == held + 1
    await inbox.receive(messages[held + 1 :])
    assert (await applied(database))[str(unit_id("a"))] == [str(n) for n in range(12)]
    assert await _count_waiting(database) == 0
    assert (await _positions(database))[place] == Position("topic", 13, "12")


async def test_a_listener_goes_back_in_its_own_partitions_alone(database: Database) -> None:
    both = one, other = [
        Inbox(
            database, LISTENS_TO, consumer="toy.routine", prefix="district", clock=lambda: NOW, limits=HeldLimits(2, 2)
        )
        for _ in range(2)
    ]
    messages = _read(await told(database, *(unit("a", str(n)) for n in range(8)), unit("b", "1")))
    places = [(messages[0].topic, partition) for partition in range(2)]
    for inbox, place in zip(both, places, strict=True):
        await inbox.known_positions([place])
    await one.receive(messages[1:8])
    await one.receive(messages[:1])
    await other.tend()
    assert not other.may_read_again
    await other.known_positions(places[1:])
    await one.receive(messages[8:])
    await one.tend()
    assert one.may_read_again
    assert (await one.known_positions(places[:1]))[places[0]].next_offset == 3
    await one.receive(messages[3:])
    assert (await applied(database))[str(unit_id("a"))] == [str(n) for n in range(8)]


async def _positions(database: Database) -> dict[Any, Position]:
    async with database.reading() as session:
        return await load_positions(session, "toy.routine")


async def _count_waiting(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(INBOX_WAITING))).scalar_one())
