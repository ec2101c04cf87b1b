"""A node restored from a backup on a real broker: it gives no number twice, and nothing is lost or told twice."""

import asyncio

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from services.exchange.model import Arrival, Conflict, Delivery, Dispatch
from services.exchange.model import Route as RouteRow
from services.exchange.policy.chain import Chain, link_name
from services.exchange.store.lanes import change_lane
from services.kernel.language.events import RETURNED_TOPIC
from services.kernel.runtime.storing.tables import OUTBOX
from tests.integration.exchange.losses import forget_everything, holds, lose_rows, receipted
from tests.integration.exchange.two_nodes import Node, carrying, reported_up
from tests.support.waiting import eventually


async def conflicts(node: Node) -> list[str]:
    async with node.context.database.reading() as session:
        return list((await session.execute(select(col(Conflict.kind)))).scalars())


async def tell(township: Node, district: Node, count: int) -> list[str]:
    return await township.tell(*(reported_up(township, district) for _ in range(count)))


async def both_went_so_far(township: Node, district: Node, n: int) -> list[str]:
    told = await tell(township, district, n)
    async with carrying(township, district):
        await eventually(lambda: receipted(township, district, n))
    return told


async def test_a_restored_sender_that_dispatches_at_once_goes_on_where_the_peer_is(linked: tuple[Node, Node]) -> None:
    township, district = linked
    told = await both_went_so_far(township, district, 5)
    before = [(row.n, row.h, row.body) for row in await township.rows(Dispatch)]
    await lose_rows(township, district, after=2)
    told += await tell(township, district, 3)
    async with carrying(township, district):
        told += await tell(township, district, 2)
        await eventually(lambda: receipted(township, district, 10))
    assert [(row.n, row.h, row.body) for row in await township.rows(Dispatch)][:5] == before
    assert sorted(await district.told()) == sorted(told)
    assert await conflicts(township) == await conflicts(district) == []


async def test_a_restored_sender_numbers_nothing_until_it_is_answered(linked: tuple[Node, Node]) -> None:
    township, district = linked
    await both_went_so_far(township, district, 3)
    await lose_rows(township, district, after=1)
    await tell(township, district, 1)
    async with carrying(township):
        await asyncio.sleep(2)
        assert [row.n for row in await township.rows(Dispatch)] == [1]
        assert len(await township.queued()) == 1
        async with carrying(district):
            await eventually(lambda: receipted(township, district, 4))


async def test_facts_taken_back_are_told_to_the_services_of_the_node_and_not_dispatched_twice(
    linked: tuple[Node, Node],
) -> None:
    township, district = linked
    facts = [reported_up(township, district) for _ in range(4)]
    told = await township.tell(*facts)
    async with carrying(township, district):
        await eventually(lambda: receipted(township, district, 4))
    envelopes = {row.event_id: row.body for row in await township.rows(Dispatch)}
    deliveries = await township.told("exchange.delivery")
    await lose_rows(township, district, after=1)
    async with township.transaction() as tx:
        for table in (RouteRow, Delivery, OUTBOX):
            await tx.session.execute(delete(table))
    async with carrying(township, district):
        await eventually(lambda: receipted(township, district, 4))
        assert await township.told(RETURNED_TOPIC) == told[1:]
        assert await township.told("exchange.delivery") == deliveries[1:]
        async with township.transaction() as tx:
            from services.exchange import actions
            from services.kernel.language.envelope import from_structured

            for fact, id_ in zip(facts, told, strict=True):
                actions.send_on(tx, fact, from_structured(envelopes[id_]))
        [last] = await tell(township, district, 1)
        await eventually(lambda: receipted(township, district, 5))
        assert await township.queued() == []
    assert await district.told() == [*told, last]


async def test_a_restored_receiver_whose_clock_is_slow_is_sent_everything_again(linked: tuple[Node, Node]) -> None:
    township, district = linked
    told = await both_went_so_far(township, district, 3)
    await forget_everything(district, township, rereads=False)
    with district.clock_ahead(minutes=-10):
        async with carrying(township, district):
            await eventually(lambda: holds(district, township, 3))
            told += await tell(township, district, 1)
            await eventually(lambda: receipted(township, district, 4))
    assert await district.told() == told
    assert await conflicts(township) == ["peer_restored"]


async def test_both_restored_at_once_find_each_other_again(linked: tuple[Node, Node]) -> None:
    township, district = linked
    await both_went_so_far(township, district, 5)
    await lose_rows(township, district, after=2)
    await forget_everything(district, township, rereads=False)
    await tell(township, district, 2)
    async with carrying(township, district):
        await eventually(lambda: receipted(township, district, 4))
    assert [row.h for row in await township.rows(Dispatch)] == [row.h for row in await district.rows(Arrival)]
    assert "fork" not in await conflicts(township) + await conflicts(district)


async def test_rows_that_the_broker_still_holds_come_before_the_answer(linked: tuple[Node, Node]) -> None:
    """The receiver was away while the sender went on, and the sender was restored before it came back."""
    township, district = linked
    await both_went_so_far(township, district, 2)
    told = await tell(township, district, 2)
    async with carrying(township, district):
        await eventually(lambda: receipted(township, district, 4))
    await forget_half(district, township)
    await lose_rows(township, district, after=2)
    more = await tell(township, district, 1)
    async with carrying(township):
        await asyncio.sleep(1)
        async with carrying(district):
            await eventually(lambda: receipted(township, district, 5))
    assert (await district.told())[2:] == [*told, *more]
    assert await conflicts(district) == []


async def forget_half(node: Node, peer: Node) -> None:
    """As if rows 3 and 4 lay on the broker and had not been read yet."""
    rows = await node.rows(Arrival)
    chain = Chain(link_name(peer.name, node.name), "routine")
    async with node.transaction() as tx:
        await tx.session.execute(delete(Arrival).where(col(Arrival.n) > 2))
        await change_lane(tx.session, chain, n=2, h=rows[1].h, claimed_n=2, read_offset=0)


async def test_a_receipt_for_rows_never_sent_is_a_conflict_and_not_the_end(
    linked: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.exchange.workers import reading, sending

    for module in (reading, sending):
        monkeypatch.setattr(module, "ASK_BACK_EVERY_S", 0.2)
    township, district = linked
    await both_went_so_far(township, district, 2)
    chain = Chain(link_name(township.name, district.name), "routine")
    async with district.transaction() as tx:
        await change_lane(tx.session, chain, n=9, h=bytes([7]) * 32)
    await tell(township, district, 1)
    async with carrying(township, district):
        await eventually(lambda: numbered(township, 3))
        await eventually(lambda: has_conflict(township, "never_sent"))
        row = await township.lane(township.name, district.name)
        assert row.forked_at is None


async def numbered(node: Node, n: int) -> bool:
    return len(await node.rows(Dispatch)) == n


async def has_conflict(node: Node, kind: str) -> bool:
    return kind in await conflicts(node)
