"""Facts leave with the change and arrive once, in order, or wait where they can be seen."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from services.kernel.language.envelope import to_headers
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.migrations import differences
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import AUDIT, INBOX_WAITING, OUTBOX
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.administration import repair_event
from services.kernel.runtime.telling.inbox import Inbox, ListensTo, Message, waiting
from tests.integration.kernel.toy import LISTENS_TO, METADATA, applied, note, toy_service, unit
from tests.support.service import NOW, service_database, unit_id


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(toy_service(), database_url) as made:
        yield made


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database, LISTENS_TO, consumer="toy.routine", prefix="district", clock=lambda: NOW)


async def tell(database: Database, *facts: Any) -> None:
    async with database.transaction(NOW) as tx:
        for fact in facts:
            tx.tell(fact)


async def messages(database: Database) -> list[Message]:
    async with database.reading() as session:
        rows = list(await session.execute(select(OUTBOX).order_by(OUTBOX.c.id)))
    return [Message(row.topic, f"0:{row.id}", to_headers(envelope_of(row)), bytes(row.body)) for row in rows]


async def waiting_kinds(database: Database) -> list[tuple[str, int | None]]:
    async with database.reading() as session:
        rows = await session.execute(select(INBOX_WAITING).order_by(INBOX_WAITING.c.sequence))
        return [(row.kind, row.sequence) for row in rows]


def names(count: int) -> list[str]:
    return [str(n) for n in range(1, count + 1)]


async def test_the_migrated_schema_is_the_one_of_the_table_classes(database: Database) -> None:
    assert await differences(database, METADATA) == []


async def test_a_rolled_back_change_tells_nothing_and_uses_no_number(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction(NOW) as tx:
            tx.tell(unit("a", "1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await tell(database, unit("a", "1"), unit("b", "1"), unit("a", "2"))
    async with database.reading() as session:
        rows = await session.execute(select(OUTBOX.c.key, OUTBOX.c.sequence).order_by(OUTBOX.c.id))
        assert [(key, seq) for key, seq in rows] == [
            (str(unit_id("a")), 1),
            (str(unit_id("b")), 1),
            (str(unit_id("a")), 2),
        ]


async def test_racing_writers_leave_neither_gap_nor_duplicate(database: Database) -> None:
    async def write(n: int) -> None:
        for i in range(10):
            while True:
                try:
                    await tell(database, unit("hot", f"{n}.{i}"), unit(f"own-{n}", str(i)))
                    break
                except DBAPIError as fault:
                    if "deadlock" not in str(fault).lower():
                        raise

    await asyncio.gather(*(write(n) for n in range(8)))
    async with database.reading() as session:
        rows = await session.execute(
            select(OUTBOX.c.sequence).where(OUTBOX.c.key == str(unit_id("hot"))).order_by(OUTBOX.c.id)
        )
        assert [seq for (seq,) in rows] == list(range(1, 81))


@pytest.mark.parametrize("seed", range(5))
async def test_shuffled_and_doubled_deliveries_apply_once_in_order(database: Database, inbox: Inbox, seed: int) -> None:
    await tell(database, *(unit(key, name) for name in names(12) for key in ("a", "b", "c")))
    delivered = await messages(database) * 2
    chance = random.Random(seed)
    chance.shuffle(delivered)
    while delivered:
        size = chance.randint(1, 20)
        await inbox.receive(delivered[:size])
        delivered = delivered[size:]
    assert await applied(database) == {str(unit_id(key)): names(12) for key in ("a", "b", "c")}
    assert await waiting_kinds(database) == []


@pytest.mark.parametrize("poison", ["refuse", "bug"])
async def test_a_poison_event_is_parked_and_holds_only_its_key(database: Database, inbox: Inbox, poison: str) -> None:
    await tell(database, unit("a", "1"), unit("a", poison), unit("a", "3"), unit("b", "1"), unit("a", "4"))
    await inbox.receive(await messages(database))
    assert await applied(database) == {str(unit_id("a")): ["1"], str(unit_id("b")): ["1"]}
    assert await waiting_kinds(database) == [("parked", 2), ("held", 3), ("held", 4)]


async def test_a_held_event_that_fails_in_its_turn_is_parked_after_its_predecessor(
    database: Database, inbox: Inbox
) -> None:
    await tell(database, unit("a", "1"), unit("a", "bug"), unit("a", "3"))
    first, second, third = await messages(database)
    await inbox.receive([third, second])
    await inbox.receive([first])
    assert await applied(database) == {str(unit_id("a")): ["1"]}
    assert await waiting_kinds(database) == [("parked", 2), ("held", 3)]


async def test_a_repaired_event_is_replayed_with_all_that_it_held(database: Database, inbox: Inbox) -> None:
    await tell(database, unit("a", "1"), unit("a", "bug"), unit("a", "3"))
    await inbox.receive(await messages(database))
    async with database.transaction(NOW) as tx:
        parked = (await waiting.list_waiting(tx.session, kind="parked"))[0]
        await repair_event(tx, parked.id, unit("a", "2").model_dump_json().encode())
    async with database.reading() as session:
        audited = (await session.execute(select(AUDIT).where(AUDIT.c.verb == "event.repaired"))).one()
    assert parked.event_id in audited.details
    assert "bug" not in audited.details, "what it said can be erased; an audit row cannot"
    assert await inbox.replay(parked.id)
    assert await applied(database) == {str(unit_id("a")): ["1", "2", "3"]}
    assert await waiting_kinds(database) == []


async def test_of_two_replays_at_once_one_takes_effect(database: Database, inbox: Inbox) -> None:
    async def note_slowly(tx: Transaction, fact: UnitRegistered) -> None:
        await asyncio.sleep(0.3)  # the other has found the row by then
        await note(tx, fact)

    await tell(database, unit("a", "1"), unit("a", "bug"), unit("a", "3"))
    await inbox.receive(await messages(database))
    async with database.transaction(NOW) as tx:
        parked = (await waiting.list_waiting(tx.session, kind="parked"))[0]
        await repair_event(tx, parked.id, unit("a", "2").model_dump_json().encode())
    listens_to: ListensTo = {"directory.unit": {UnitRegistered: note_slowly}}
    both = [Inbox(database, listens_to, consumer="toy.routine", prefix="district", clock=lambda: NOW) for _ in range(2)]
    assert sorted(await asyncio.gather(*(one.replay(parked.id) for one in both))) == [False, True]
    assert await applied(database) == {str(unit_id("a")): ["1", "2", "3"]}
    assert await waiting_kinds(database) == []


async def test_another_fact_under_the_last_number_is_a_fork_and_waits(database: Database, inbox: Inbox) -> None:
    await tell(database, unit("a", "1"))
    (first,) = await messages(database)
    await inbox.receive([first])
    forged = [(name, b"another-id" if name == "ce_id" else value) for name, value in first.headers]
    await inbox.receive([Message(first.topic, "0:9", forged, first.value)])
    assert await applied(database) == {str(unit_id("a")): ["1"]}
    assert await waiting_kinds(database) == [("parked", 1)]


async def test_a_replayed_fork_of_before_a_restore_leaves_the_cursor_where_it_is(
    database: Database, inbox: Inbox
) -> None:
    await tell(database, unit("a", "1"), unit("a", "2"), unit("a", "3"))
    first, second, forked = await messages(database)
    later = [(name, b"9" if name == "ce_epoch" else value) for name, value in second.headers]
    restored = Message(second.topic, second.place, later, second.value)
    await inbox.receive([first, restored, forked])
    assert await waiting_kinds(database) == [("parked", 3)]
    async with database.reading() as session:
        (parked,) = await waiting.list_waiting(session, kind="parked")
    assert await inbox.replay(parked.id)
    await inbox.receive([restored])
    assert await applied(database) == {str(unit_id("a")): ["1", "2", "3"]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ce_id": None}, "无法识别"),
        ({"ce_sequence": b"x"}, "无法识别"),
        ({"ce_type": b"nobody.knows"}, "未知类型"),
        ({"ce_dataschema": b"urn:shangda:unit.registered:99"}, "更新的版本"),
    ],
)
async def test_what_cannot_be_understood_is_parked_not_dropped(
    database: Database, inbox: Inbox, change: dict[str, bytes | None], reason: str
) -> None:
    await tell(database, unit("a", "1"))
    (first,) = await messages(database)
    headers = [(name, change.get(name, value)) for name, value in first.headers]
    await inbox.receive([Message(first.topic, "0:1", [(n, v) for n, v in headers if v is not None], first.value)])
    async with database.reading() as session:
        (row,) = await waiting.list_waiting(session)
    assert row.kind == "parked"
    assert reason in row.reason


async def test_malformed_data_is_parked(database: Database, inbox: Inbox) -> None:
    await tell(database, unit("a", "1"))
    (first,) = await messages(database)
    await inbox.receive([Message(first.topic, "0:1", first.headers, b"\xff{not json")])
    assert await waiting_kinds(database) == [("parked", 1)]


async def test_a_handlers_fact_is_told_once_however_often_its_cause_is_handled(database: Database) -> None:
    await tell(database, unit("a", "1"))
    cause = (await messages(database))[0]
    from services.kernel.language.envelope import from_headers

    envelope = from_headers(cause.headers, cause.value)
    for _ in range(2):
        async with database.transaction(NOW, cause=envelope) as tx:
            tx.tell(unit("b", "told by handler"))
    async with database.reading() as session:
        count = (await session.execute(text("SELECT count(*) FROM outbox"))).scalar_one()
    assert count == 2


async def test_the_audit_chain_breaks_where_a_row_is_changed(database: Database) -> None:
    from services.kernel.runtime.storing.audit import first_broken_row
    from services.kernel.runtime.storing.tables import AUDIT

    for n in range(4):
        async with database.transaction(NOW) as tx:
            tx.audit("unit.registered", f"u-{n}", by=None, details={"n": n})
    async with database.reading() as session:
        assert await first_broken_row(session) is None
    async with database.transaction(NOW) as tx:
        await tx.session.execute(update(AUDIT).where(AUDIT.c.id == 3).values(subject="u-9"))
    async with database.reading() as session:
        assert await first_broken_row(session) == 3
