"""What is held takes effect in its turn, whatever stands before it, fails in it or cuts it off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from services.kernel.language.envelope import Envelope, to_headers
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.administration import repair_event
from services.kernel.runtime.telling.inbox import Inbox, ListensTo, Message, waiting
from services.kernel.runtime.telling.inbox.opening import open_message
from services.kernel.runtime.telling.inbox.pace import LONGEST_S
from tests.integration.kernel.test_outbox_and_inbox import messages, names, tell, waiting_kinds
from tests.integration.kernel.toy import LISTENS_TO, applied, note, toy_service, unit
from tests.support.service import NOW, service_database, unit_id
from tests.support.waiting import eventually


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(toy_service(), database_url) as made:
        yield made


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return an_inbox(database)


def an_inbox(database: Database, listens_to: ListensTo = LISTENS_TO) -> Inbox:
    return Inbox(database, listens_to, consumer="toy.routine", prefix="district", clock=lambda: NOW)


def another(message: Message, name: str, *, later: int = 1) -> Message:
    """Another fact under the number of `message`, as a teller tells it that forgot the first and knows it, or not."""
    envelope = open_message(message)
    assert isinstance(envelope, Envelope)
    body = unit("a", name).model_dump_json().encode()
    changed = replace(envelope, id=f"another-{name}", epoch=envelope.epoch + later, data=body)
    return Message(message.topic, f"1:{name}", to_headers(changed), body)


async def test_facts_of_a_restored_teller_wait_while_its_source_is_slowed(database: Database, inbox: Inbox) -> None:
    await tell(database, *(unit("a", name) for name in names(6)))
    told = await messages(database)
    await inbox.receive(told[:5])
    inbox.brake.braked.add("district")
    await inbox.receive([another(told[2], "new 3"), another(told[3], "new 4"), told[5]])
    assert await waiting_kinds(database) == [("held", 3), ("held", 4), ("held", 6)]
    await inbox.tend()
    assert await applied(database) == {str(unit_id("a")): [*names(6), "new 3", "new 4"]}
    assert await waiting_kinds(database) == []


@pytest.mark.parametrize("held_before", [True, False])
async def test_what_was_applied_before_a_restored_tellers_facts_waits_no_longer(
    database: Database, inbox: Inbox, held_before: bool
) -> None:
    await tell(database, *(unit("a", name) for name in names(7)))
    told = await messages(database)
    await inbox.receive([*told[:5], *(told[6:] if held_before else [])])
    await inbox.receive([told[6], told[5], another(told[2], "new 3"), another(told[3], "new 4")])
    assert await applied(database) == {str(unit_id("a")): [*names(7), "new 3", "new 4"]}
    assert await waiting_kinds(database) == []


async def note_or_fail_at_the_end(tx: Transaction, fact: UnitRegistered) -> None:
    """Note a unit; the name `at the end` fails when the transaction is written."""

    async def fail() -> None:
        raise ZeroDivisionError(fact.name)

    if fact.name == "slow":
        await asyncio.sleep(LONGEST_S)  # what is held behind it gets a transaction of its own
    if fact.name == "at the end":
        tx.before_commit(fail)
    await note(tx, fact)


FAILS_AT_THE_END: ListensTo = {"directory.unit": {UnitRegistered: note_or_fail_at_the_end}}


@pytest.mark.parametrize("first", ["1", "slow"])
async def test_a_held_event_that_fails_at_the_commit_is_parked_alone(database: Database, first: str) -> None:
    inbox = an_inbox(database, FAILS_AT_THE_END)
    await tell(database, unit("a", first), unit("a", "2"), unit("a", "at the end"), unit("a", "4"))
    told = await messages(database)
    await inbox.receive(told[1:])
    await inbox.receive(told[:1])
    assert await applied(database) == {str(unit_id("a")): [first, "2"]}
    assert await waiting_kinds(database) == [("parked", 3), ("held", 4)]


@pytest.mark.parametrize("name", ["at the end", "bug"])
async def test_a_replay_takes_effect_whatever_becomes_of_what_it_held(database: Database, name: str) -> None:
    inbox = an_inbox(database, FAILS_AT_THE_END if name == "at the end" else LISTENS_TO)
    await tell(database, unit("a", "refuse"), unit("a", name), unit("a", "3"))
    await an_inbox(database).receive(await messages(database))
    async with database.transaction(NOW) as tx:
        parked = (await waiting.list_waiting(tx.session, kind="parked"))[0]
        await repair_event(tx, parked.id, unit("a", "1").model_dump_json().encode())
    assert await inbox.replay(parked.id)
    assert await applied(database) == {str(unit_id("a")): ["1"]}
    assert await waiting_kinds(database) == [("parked", 2), ("held", 3)]


async def test_a_draining_that_was_cut_off_goes_on(database: Database) -> None:
    async def note_slowly(tx: Transaction, fact: UnitRegistered) -> None:
        await asyncio.sleep(0.02)
        await note(tx, fact)

    inbox = an_inbox(database, {"directory.unit": {UnitRegistered: note_slowly}})
    await inbox.tend()
    await tell(database, *(unit("a", name) for name in names(60)))
    first, *rest = await messages(database)
    await inbox.receive(rest)
    receiving = asyncio.create_task(inbox.receive([first]))

    async def some_are_applied() -> bool:
        return bool(await applied(database))

    await eventually(some_are_applied)
    receiving.cancel()
    await asyncio.gather(receiving, return_exceptions=True)
    assert await waiting_kinds(database) != []
    await inbox.tend()
    assert await applied(database) == {str(unit_id("a")): names(60)}
    assert await waiting_kinds(database) == []


async def test_a_parked_fork_holds_nothing_behind_it(database: Database, inbox: Inbox) -> None:
    await tell(database, *(unit("a", name) for name in names(4)))
    told = await messages(database)
    await inbox.receive([told[0], another(told[0], "fork", later=0)])
    inbox.brake.braked.add("district")
    await inbox.receive(told[1:])
    await inbox.tend()
    assert await applied(database) == {str(unit_id("a")): names(4)}
    assert await waiting_kinds(database) == [("parked", 1)]


async def test_a_parked_fork_of_before_a_restore_holds_nothing_told_after_it(database: Database, inbox: Inbox) -> None:
    await tell(database, *(unit("a", name) for name in names(4)))
    told = await messages(database)
    await inbox.receive([told[0], told[1], another(told[1], "new 2"), told[2]])
    await inbox.receive([another(told[2], "new 3"), another(told[3], "new 4")])
    assert await applied(database) == {str(unit_id("a")): ["1", "2", "new 2", "new 3", "new 4"]}
    assert await waiting_kinds(database) == [("parked", 3)]


@pytest.mark.parametrize("at_once", [True, False])
async def test_of_two_held_under_one_number_the_second_is_parked_as_a_fork(
    database: Database, inbox: Inbox, at_once: bool
) -> None:
    await tell(database, *(unit("a", name) for name in names(4)))
    told = await messages(database)
    held = [told[1], another(told[1], "fork", later=0), told[2], told[3]]
    for batch in [[*held, told[0]]] if at_once else [held, told[:1]]:
        await inbox.receive(batch)
    assert await applied(database) == {str(unit_id("a")): names(4)}
    assert await waiting_kinds(database) == [("parked", 2)]
