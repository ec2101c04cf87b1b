"""The ways of one item that several transactions add at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from services.exchange.app import exchange_service
from services.exchange.policy.routing import Ways, with_way
from services.exchange.store.routes import keep_ways, ways_of
from services.kernel.runtime.storing.database import Database
from tests.support.service import NOW, service_database
from tests.support.waiting import eventually

DOWN, UP, ACROSS = ("township", "district"), ("township", "district", "city"), ("township", "district", "province")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(exchange_service(), database_url) as made:
        yield made


async def ways(database: Database) -> Ways:
    async with database.reading() as session:
        return (await ways_of(session, ["item"])).get("item", ())


@pytest.mark.parametrize("is_known", [True, False], ids=["known before", "new"])
async def test_two_that_add_a_way_to_one_item_both_keep_it(database: Database, is_known: bool) -> None:
    if database.is_sqlite:
        pytest.skip("one transaction writes at a time")
    if is_known:
        async with database.transaction(NOW) as tx:
            await keep_ways(tx.session, {"item": (("other", "district"),)}, known={})
    has_read, may_store = asyncio.Event(), asyncio.Event()

    async def add_slowly() -> None:
        async with database.transaction(NOW) as tx:
            known = await ways_of(tx.session, ["item"])
            has_read.set()
            await may_store.wait()
            added = with_way(known.get("item", ()), UP, is_newest=True)
            await keep_ways(tx.session, {"item": added}, known=known)

    slow = asyncio.create_task(add_slowly())
    await has_read.wait()
    async with database.transaction(NOW) as tx:
        known = await ways_of(tx.session, ["item"])
        await keep_ways(tx.session, {"item": with_way(known.get("item", ()), ACROSS, is_newest=True)}, known=known)
    may_store.set()
    await slow
    assert await ways(database) == (UP, ACROSS, *([("other", "district")] if is_known else []))


async def test_what_is_to_be_sent_waits_for_the_ways_that_another_is_adding(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("one transaction writes at a time")
    async with database.transaction(NOW) as tx:
        await keep_ways(tx.session, {"item": (DOWN,)}, known={})

    async def routed_by() -> Ways:
        async with database.transaction(NOW) as tx:
            return (await ways_of(tx.session, ["item"], locked=True))["item"]

    async def is_waited_for() -> bool:
        async with database.reading() as session:
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool((await session.execute(waits)).scalar_one())

    async with database.transaction(NOW) as tx:
        await keep_ways(tx.session, {"item": (UP,)}, known={"item": (DOWN,)})
        later = asyncio.create_task(routed_by())
        await eventually(is_waited_for)
    assert await later == (UP,)
