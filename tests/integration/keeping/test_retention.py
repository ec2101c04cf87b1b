"""A node stays small by itself: old facts lose their data and keep their place."""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from services.kernel.language.envelope import from_headers, to_headers
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.runtime.keeping.compacting import compact
from services.kernel.runtime.keeping.listeners import forget_listener, note_applied
from services.kernel.runtime.keeping.pacing import STEP, note_round_at
from services.kernel.runtime.keeping.retention import AGED
from services.kernel.runtime.keeping.sizes import rewrite, size_bytes
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import ANSWERED_REQUEST, AUDIT, COUNTER, OUTBOX
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.telling.inbox import Inbox, Message
from tests.integration.kernel.toy import LISTENS_TO, applied, toy_service, unit
from tests.support.service import NOW, unit_id


async def tell(context: ServiceContext, *facts: UnitRegistered, days_ago: int, published: bool = True) -> None:
    at = NOW - timedelta(days=days_ago)
    async with context.database.transaction(at) as tx:
        for fact in facts:
            tx.tell(fact)
    if published:
        async with context.database.transaction(at) as tx:
            await tx.session.execute(update(OUTBOX).where(OUTBOX.c.published_at.is_(None)).values(published_at=at))


async def outbox(context: ServiceContext) -> list[Any]:
    async with context.database.reading() as session:
        return list(await session.execute(select(OUTBOX).order_by(OUTBOX.c.id)))


async def run_round(context: ServiceContext) -> dict[str, int]:
    """A round on a node that has run all the time."""
    async with context.database.transaction(NOW) as tx:
        await note_round_at(tx, NOW)
    return await run_round_at(context, NOW)


async def run_round_at(context: ServiceContext, now: datetime) -> dict[str, int]:
    context.clock = lambda: now
    return await compact(toy_service(), context, asyncio.Event())


def clock_ahead_s(context: ServiceContext) -> float:
    place = (context.node.node_id, context.name)
    return float(metrics.KEEPING_CLOCK_AHEAD.labels(*place)._value.get())


async def test_old_facts_lose_their_data_and_keep_id_and_number(toy: ServiceContext) -> None:
    await tell(toy, unit("a", "甲"), unit("a", "乙"), days_ago=500)
    await tell(toy, unit("a", "丙"), unit("b", "丁"), days_ago=399)
    before = await outbox(toy)
    await run_round(toy)
    after = await outbox(toy)
    assert [bool(row.body) for row in after] == [False, False, True, True]
    assert [envelope_of(row).emptied for row in after] == [AGED, AGED, "", ""]
    kept = ("id", "topic", "key", "sequence", "event_id", "type", "published_at")
    assert [[getattr(row, name) for name in kept] for row in after] == [
        [getattr(row, name) for name in kept] for row in before
    ]


async def test_what_has_not_left_and_the_newest_about_a_unit_keep_their_data(toy: ServiceContext) -> None:
    await tell(toy, unit("a", "甲"), unit("b", "乙"), unit("b", "丙"), days_ago=900)
    await tell(toy, unit("c", "丁"), unit("c", "戊"), days_ago=800, published=False)
    await run_round(toy)
    assert [bool(row.body) for row in await outbox(toy)] == [True, False, True, True, True]


async def test_an_emptied_fact_published_again_moves_the_cursor_alone(toy: ServiceContext) -> None:
    await tell(toy, unit("a", "甲"), unit("a", "乙"), days_ago=500)
    await tell(toy, unit("a", "丙"), days_ago=1)
    await run_round(toy)
    rows = await outbox(toy)
    sent = [Message(row.topic, f"0:{row.id}", to_headers(envelope_of(row)), bytes(row.body)) for row in rows]
    assert from_headers(sent[0].headers, sent[0].value).emptied == AGED
    late = Inbox(toy.database, LISTENS_TO, consumer="late.routine", prefix="district", clock=lambda: NOW)
    await late.receive([sent[1], sent[0], sent[2]])  # held ones keep their mark too
    assert await applied(toy.database) == {str(unit_id("a")): ["丙"]}


async def test_counters_go_on_after_facts_are_emptied(toy: ServiceContext) -> None:
    await tell(toy, *(unit("a", f"{n}") for n in range(450)), days_ago=500)
    assert (await run_round(toy))["facts"] == 450
    assert (await run_round(toy))["facts"] == 0
    await tell(toy, unit("a", "末"), days_ago=0)
    assert (await outbox(toy))[-1].sequence == 451
    async with toy.database.reading() as session:
        assert (await session.execute(select(COUNTER.c.sequence))).scalar_one() == 451


async def test_a_clock_that_jumps_ahead_ages_nothing_and_alarms(toy: ServiceContext) -> None:
    await tell(toy, unit("a", "甲"), unit("a", "乙"), days_ago=0)
    for has_run in (False, True):
        if has_run:
            await run_round_at(toy, NOW)
        removed = await run_round_at(toy, NOW + timedelta(days=4000))
        assert (removed["facts"], [bool(row.body) for row in await outbox(toy)]) == (0, [True, True])
        assert clock_ahead_s(toy) > timedelta(days=3999).total_seconds()
    await run_round_at(toy, NOW)
    assert clock_ahead_s(toy) == 0


async def test_what_was_told_with_a_clock_that_was_set_back_is_not_taken_for_old(toy: ServiceContext) -> None:
    await tell(toy, unit("a", "甲"), days_ago=1)
    await tell(toy, unit("a", "乙"), unit("a", "丙"), days_ago=9_000)
    assert (await run_round(toy))["facts"] == 0
    assert all(row.body for row in await outbox(toy))


async def test_a_clock_that_was_set_back_for_a_round_leaves_the_time_where_it_was(toy: ServiceContext) -> None:
    await tell(toy, unit("a", "甲"), unit("a", "乙"), days_ago=500)
    async with toy.database.transaction(NOW) as tx:
        await note_round_at(tx, NOW)
    await run_round_at(toy, NOW - timedelta(days=9_000))
    assert (await run_round_at(toy, NOW))["facts"] == 2


async def test_a_node_that_was_off_for_long_catches_up_round_by_round(toy: ServiceContext) -> None:
    await tell(toy, unit("a", "甲"), unit("a", "乙"), days_ago=400)
    async with toy.database.transaction(NOW) as tx:
        await note_round_at(tx, NOW - 2 * STEP)
    assert (await run_round_at(toy, NOW + STEP))["facts"] == 0
    assert (await run_round_at(toy, NOW + STEP))["facts"] == 0
    assert (await run_round_at(toy, NOW + STEP))["facts"] == 2


def kept_for_s(context: ServiceContext, listener: str) -> float:
    return float(metrics.KEEPING_KEPT_FOR.labels(context.node.node_id, context.name, listener)._value.get())


async def note(context: ServiceContext, listener: str, reached: int) -> None:
    async with context.database.transaction(NOW) as tx:
        await note_applied(tx, listener, reached)


async def test_what_a_listener_has_not_applied_keeps_its_data_and_alarms(toy: ServiceContext) -> None:
    await tell(toy, *(unit("a", name) for name in "甲乙丙丁"), days_ago=500)
    await tell(toy, unit("a", "戊"), days_ago=1)
    await note(toy, "stats", 2)
    await note(toy, "intake", 4)
    assert (await run_round(toy))["facts"] == 2
    assert [bool(row.body) for row in await outbox(toy)] == [False, False, True, True, True]
    assert (kept_for_s(toy, "stats"), kept_for_s(toy, "intake")) == (timedelta(days=100).total_seconds(), 0)
    await note(toy, "stats", 4)
    assert (await run_round(toy))["facts"] == 2
    assert [bool(row.body) for row in await outbox(toy)] == [False] * 4 + [True]
    assert kept_for_s(toy, "stats") == 0


async def test_for_a_listener_that_is_gone_for_good_nothing_is_kept(toy: ServiceContext) -> None:
    await tell(toy, unit("a", "甲"), unit("a", "乙"), days_ago=500)
    await note(toy, "stats", 0)
    assert (await run_round(toy))["facts"] == 0
    async with toy.database.transaction(NOW) as tx:
        assert not await forget_listener(tx, "intake")
        assert await forget_listener(tx, "stats")
    assert (await run_round(toy))["facts"] == 2
    assert kept_for_s(toy, "stats") == 0


async def test_after_twice_the_time_a_listener_loses_it_aloud(toy: ServiceContext) -> None:
    lost = metrics.KEEPING_LOST.labels(toy.node.node_id, toy.name)
    before = lost._value.get()
    await tell(toy, unit("a", "甲"), unit("a", "乙"), days_ago=801)
    await tell(toy, unit("a", "丙"), unit("a", "丁"), days_ago=799)
    await note(toy, "stats", 1)
    assert (await run_round(toy))["facts"] == 2
    assert [bool(row.body) for row in await outbox(toy)] == [False, False, True, True]
    assert lost._value.get() - before == 1
    async with toy.database.reading() as session:
        row = (await session.execute(select(AUDIT).where(AUDIT.c.verb == "outbox.emptied_unapplied"))).one()
    assert json.loads(row.details) == {"count": 1, "first": 2, "last": 2}


async def test_answers_to_repeated_requests_are_kept_a_day(toy: ServiceContext) -> None:
    async with toy.database.transaction(NOW) as tx:
        for n, hours in enumerate((1, 23, 25, 900)):
            await tx.session.execute(
                insert(ANSWERED_REQUEST).values(
                    officer="张三", key=f"k{n}", request_digest="d", status=200, headers="[]", body=b"{}",
                    answered_at=NOW - timedelta(hours=hours),
                )
            )  # fmt: skip
    assert (await run_round(toy))["answers"] == 2
    async with toy.database.reading() as session:
        assert set((await session.execute(select(ANSWERED_REQUEST.c.key))).scalars()) == {"k0", "k1"}


async def test_the_disk_gets_back_what_was_emptied(toy: ServiceContext) -> None:
    await tell(toy, *(unit("a", secrets.token_hex(30_000)) for _ in range(60)), days_ago=500)
    async with toy.database.reading() as session:
        before = await size_bytes(session)
    await run_round(toy)
    if not toy.database.is_sqlite:
        await rewrite(toy.database)
    async with toy.database.reading() as session:
        assert await size_bytes(session) < before / 4


async def test_a_database_is_rewritten_while_its_service_runs(toy: ServiceContext) -> None:
    await tell(toy, unit("a", "甲"), days_ago=1)
    await rewrite(toy.database)
    await tell(toy, unit("a", "乙"), days_ago=0)
    assert [row.sequence for row in await outbox(toy)] == [1, 2]
