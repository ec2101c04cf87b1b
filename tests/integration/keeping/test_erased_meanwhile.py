"""An item that is erased while something is written about it: whichever commits last, its text does not stay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select, text

from services.kernel.language.envelope import to_headers
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.runtime.keeping.erasure.copies import Order
from services.kernel.runtime.keeping.erasure.erasing import erase_item
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import INBOX_WAITING, OUTBOX
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import Inbox, ListensTo, Message
from services.kernel.runtime.telling.inbox.faults import HandlingFailed
from services.kernel.runtime.telling.inbox.parking import park
from services.kernel.runtime.telling.inbox.waiting import HeldLimits
from services.kernel.runtime.telling.inbox.work import Consumer
from tests.integration.kernel.toy import LISTENS_TO, applied, note, toy_service, unit
from tests.support.service import NOW, unit_id
from tests.support.waiting import eventually

ORDER = Order(origin_id=unit_id("a"), reason="误报")


async def note_anything(tx: Transaction, fact: UnitRegistered) -> None:
    """What a mended version does with a fact that was a bug to the first."""
    await note(tx, fact.model_copy(update={"name": f"mended {fact.name}"}))


def inbox_of(database: Database, listens_to: ListensTo = LISTENS_TO) -> Inbox:
    return Inbox(database, listens_to, consumer="directory.routine", prefix="district", clock=lambda: NOW)


async def tell(database: Database, name: str) -> Message:
    """A fact about the item, as the broker brings it."""
    async with database.transaction(NOW) as tx:
        tx.tell(unit("a", name))
    row = (await rows(database, OUTBOX))[-1]
    return Message(row.topic, f"0:{row.id}", to_headers(envelope_of(row)), bytes(row.body))


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.reading() as session:
        return list(await session.execute(select(table).order_by(table.c.id)))


async def erase(database: Database) -> None:
    async with database.transaction(NOW) as tx:
        await erase_item(tx, toy_service(), ORDER)


async def waits(database: Database, task: asyncio.Task[Any]) -> None:
    """Return when the task waits for a lock, or is done because it waited for none; SQLite has one writer anyway."""

    async def does() -> bool:
        async with database.reading() as session:
            query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool((await session.execute(query)).scalar_one())

    async def does_or_is_done() -> bool:
        return task.done() or database.is_sqlite or await does()

    await eventually(does_or_is_done)


@asynccontextmanager
async def not_yet_committed(database: Database) -> AsyncIterator[None]:
    async with database.transaction(NOW) as tx:
        await erase_item(tx, toy_service(), ORDER)
        yield


async def test_an_erasure_waits_for_the_handler_that_is_writing_about_the_item(toy: ServiceContext) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def note_slowly(tx: Transaction, fact: UnitRegistered) -> None:
        begun.set()
        await may_end.wait()
        await note(tx, fact)

    message = await tell(toy.database, "甲")
    inbox = inbox_of(toy.database, {"directory.unit": {UnitRegistered: note_slowly}})
    handling = asyncio.create_task(inbox.receive([message]))
    await begun.wait()
    erasing = asyncio.create_task(erase(toy.database))
    await waits(toy.database, erasing)
    was_first = erasing.done()
    may_end.set()
    await asyncio.gather(handling, erasing)
    assert not was_first


async def test_a_fact_that_comes_during_the_erasure_says_nothing(toy: ServiceContext) -> None:
    message = await tell(toy.database, "甲")
    async with not_yet_committed(toy.database):
        handling = asyncio.create_task(inbox_of(toy.database).receive([message]))
        await waits(toy.database, handling)
    await handling
    assert await applied(toy.database) == {}


async def test_a_parked_fact_replayed_during_the_erasure_says_nothing(toy: ServiceContext) -> None:
    await inbox_of(toy.database).receive([await tell(toy.database, "bug 甲")])
    [parked] = await rows(toy.database, INBOX_WAITING)
    mended = inbox_of(toy.database, {"directory.unit": {UnitRegistered: note_anything}})
    async with not_yet_committed(toy.database):
        replaying = asyncio.create_task(mended.replay(parked.id))
        await waits(toy.database, replaying)
    assert await replaying
    assert await applied(toy.database) == {}


async def test_what_is_told_during_the_erasure_or_later_says_nothing(toy: ServiceContext) -> None:
    async with not_yet_committed(toy.database):
        telling = asyncio.create_task(tell(toy.database, "甲"))
        await waits(toy.database, telling)
    await telling
    await tell(toy.database, "乙")
    async with toy.database.transaction(NOW) as tx:
        tx.tell(unit("b", "丙"))
    told = await rows(toy.database, OUTBOX)
    assert [(row.sequence, bool(row.body), envelope_of(row).emptied) for row in told] == [
        (1, False, "erased"),
        (2, False, "erased"),
        (1, True, ""),
    ]


async def test_a_fact_that_failed_before_the_erasure_is_parked_without_its_text(toy: ServiceContext) -> None:
    message = await tell(toy.database, "bug 甲")
    [row] = await rows(toy.database, OUTBOX)
    await erase(toy.database)
    consumer = Consumer("directory.routine", {}, (), HeldLimits())
    failed = HandlingFailed(envelope_of(row), row.topic, ZeroDivisionError())
    await park(toy.database, consumer, lambda: NOW, message, failed)
    [parked] = await rows(toy.database, INBOX_WAITING)
    assert (bytes(parked.body), envelope_of(parked).emptied) == (b"", "erased")
