"""The ledger without a broker: the test hands messages over, late, twice, changed, or not at all."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from services.exchange import actions
from services.exchange.actions.opening import AgreedRowNotHeld
from services.exchange.model import Arrival, Conflict, Dispatch, SignedStatement
from services.exchange.policy.chain import sealed
from services.exchange.policy.judgement import Verdict
from services.exchange.policy.receipts import Acceptance
from services.exchange.store.keys import known_keys
from services.exchange.store.lanes import change_lane
from services.kernel.language.envelope import to_structured
from services.kernel.language.refusal import NotFound
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.exchange.handing import batch, hand_back, hand_over
from tests.integration.exchange.two_nodes import Node, envelope_of, received, reported_up


async def told(pair: tuple[Node, Node], count: int) -> list[str]:
    township, district = pair
    return await township.tell(*(reported_up(township, district) for _ in range(count)))


async def conflicts(node: Node) -> list[str]:
    async with node.context.database.reading() as session:
        query = select(col(Conflict.kind)).where(col(Conflict.settled_at).is_(None)).order_by(col(Conflict.id))
        return list((await session.execute(query)).scalars())


async def test_a_replayed_batch_is_receipted_again_and_told_once(pair: tuple[Node, Node]) -> None:
    township, district = pair
    ids = await told(pair, 3)
    message = await batch(township, district, 1, 3)
    for _ in range(3):
        arrived = await hand_over(message, township, district)
        assert (await hand_back(arrived.receipt, township, district)).receipted_n == 3
    assert await district.told() == ids
    assert len(await township.told("exchange.delivery")) == 3


async def test_reordered_batches_wait_for_the_missing_one_which_is_asked_for(pair: tuple[Node, Node]) -> None:
    township, district = pair
    ids = await told(pair, 4)
    late, early = await batch(township, district, 3, 4), await batch(township, district, 1, 2)
    arrived = await hand_over(late, township, district)
    assert arrived.verdicts == (Verdict.GAP,)
    assert arrived.receipt is not None
    assert arrived.receipt.wants == 1
    assert await district.told() == []
    assert (await district.lane(township.name, district.name)).gap_since is not None
    arrived = await hand_over(early, township, district)
    assert arrived.receipt is not None
    assert arrived.receipt.wants == 3
    await hand_over(late, township, district)
    assert await district.told() == ids
    assert (await district.lane(township.name, district.name)).gap_since is None


async def test_a_forked_batch_stops_the_lane_until_both_open_an_epoch(pair: tuple[Node, Node]) -> None:
    township, district = pair
    ids = await told(pair, 4)
    await hand_over(await batch(township, district, 1, 4), township, district)
    await restore_from_before(township, district, after=2)
    ids = ids[:4] + await told(pair, 3)
    arrived = await hand_over(await batch(township, district, 3, 5), township, district)
    assert arrived.verdicts == (Verdict.FORK,)
    assert await conflicts(district) == ["fork"]
    assert (await hand_back(arrived.receipt, township, district)).acceptance is Acceptance.FORK
    await told(pair, 1)
    assert (await hand_over(await batch(township, district, 3, 6), township, district)).rows == 0

    for node in pair:
        async with node.transaction() as tx:
            await actions.open_epoch(tx, township.border(district).out, agreed_n=2, by=None, reason="电话核对")
    arrived = await hand_over(await batch(township, district, 3, 6), township, district)
    assert arrived.verdicts == (Verdict.NEXT,)
    assert (await hand_back(arrived.receipt, township, district)).receipted_n == 6
    assert (await district.told())[: len(ids)] == ids
    assert await conflicts(district) == []
    for node in pair:
        async with node.context.database.reading() as session:
            found = await actions.verify_ledger(session, await known_keys(session, node.context.node_keys))
        assert [one.fault for one in found if not one.is_good] == []


async def test_rows_sent_again_in_a_new_epoch_are_told_once(pair: tuple[Node, Node]) -> None:
    township, district = pair
    ids = await told(pair, 4)
    await hand_over(await batch(township, district, 1, 4), township, district)
    for node in pair:
        async with node.transaction() as tx:
            await actions.open_epoch(tx, township.border(district).out, agreed_n=2, by=None, reason="演练")
    arrived = await hand_over(await batch(township, district, 3, 4), township, district)
    assert arrived.verdicts == (Verdict.NEXT,)
    assert await district.told() == ids


async def test_an_epoch_needs_a_row_that_is_held(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await told(pair, 2)
    await township.number(district)
    with pytest.raises(AgreedRowNotHeld):
        async with township.transaction() as tx:
            await actions.open_epoch(tx, township.border(district).out, agreed_n=9, by=None, reason="x")


async def test_an_epoch_that_was_opened_on_one_side_alone_stops_the_lane(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await told(pair, 2)
    await hand_over(await batch(township, district, 1, 2), township, district)
    async with township.transaction() as tx:
        await actions.open_epoch(tx, township.border(district).out, agreed_n=2, by=None, reason="x")
    await told(pair, 1)
    arrived = await hand_over(await batch(township, district, 3, 3), township, district)
    assert arrived.verdicts == (Verdict.EPOCH_AHEAD,)
    assert (await district.lane(township.name, district.name)).forked_at is not None


async def test_a_bad_signature_and_a_strange_key_are_kept_and_change_nothing(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await told(pair, 1)
    message = await batch(township, district, 1, 1)
    bent = replace(message, statement=replace(message.statement, signature=bytes(64)))
    strange = replace(message, statement=replace(district.border(township).signer.sign(message.statement)))
    for wrong in (bent, strange):
        arrived = await hand_over(wrong, township, district)
        assert arrived.receipt is None
    assert await conflicts(district) == ["bad_signature", "unknown_key"]
    assert await district.told() == []
    assert (await hand_over(message, township, district)).verdicts == (Verdict.NEXT,)


async def test_tampered_rows_are_refused_and_counted(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await told(pair, 2)
    message = await batch(township, district, 1, 2)
    forged = sealed(2, b'{"other": "fact"}', salt=message.rows[1].salt)
    for _ in range(2):
        arrived = await hand_over(replace(message, rows=(message.rows[0], forged)), township, district)
        assert arrived.verdicts == (Verdict.TAMPERED,)
    assert await conflicts(district) == ["tampered"]
    assert await district.rows(Arrival) == []


async def test_a_fact_that_is_not_the_peers_to_send_is_stored_but_not_told(pair: tuple[Node, Node]) -> None:
    township, district = pair
    border = township.border(district)
    async with township.transaction() as tx:
        await actions.queue_rows(tx, [actions.Outgoing(border.out, "x", "submission.received", b'{"not": "an event"}')])
    await told(pair, 1)
    arrived = await hand_over(await batch(township, district, 1, 2), township, district)
    assert arrived.verdicts == (Verdict.NEXT,)
    assert len(await district.told()) == 1
    assert await conflicts(district) == ["unreadable"]


async def test_a_township_cannot_say_what_only_the_district_may(pair: tuple[Node, Node]) -> None:
    township, district = pair
    origin_id = new_id()
    fact = received(township, district, origin_id)
    border = township.border(district)
    body = to_structured(replace(envelope_of(township, fact)))
    async with township.transaction() as tx:
        await actions.queue_rows(tx, [actions.Outgoing(border.out, "x", fact.TYPE, body)])
    arrived = await hand_over(await batch(township, district, 1, 1), township, district)
    assert arrived.verdicts == (Verdict.NEXT,)
    assert await district.told() == []
    assert await conflicts(district) == ["not_theirs"]


async def test_an_erased_row_travels_as_its_digest_and_the_chain_still_verifies(pair: tuple[Node, Node]) -> None:
    township, district = pair
    ids = await told(pair, 3)
    await township.number(district)
    async with township.transaction() as tx:
        assert await actions.erase_fact(tx, ids[1], by=None, reason="误录") == 1
    with pytest.raises(NotFound):
        async with township.transaction() as tx:
            await actions.erase_fact(tx, ids[1], by=None, reason="误录")
    arrived = await hand_over(await batch(township, district, 1, 3), township, district)
    assert arrived.verdicts == (Verdict.NEXT,)
    assert await district.told() == [ids[0], ids[2]]
    for node in pair:
        async with node.context.database.reading() as session:
            found = await actions.verify_ledger(session, await known_keys(session, node.context.node_keys))
        assert all(one.is_good for one in found)
    assert b"".join(row.body or b"" for row in await township.rows(Dispatch)).count(ids[1].encode()) == 0


async def test_verify_names_the_first_bad_row(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await told(pair, 5)
    arrived = await hand_over(await batch(township, district, 1, 5), township, district)
    await hand_back(arrived.receipt, township, district)
    assert await faults(township) == await faults(district) == []

    async with district.transaction() as tx:
        await tx.session.execute(update(Arrival).where(col(Arrival.n) >= 3).values(body=b"{}"))
    assert await faults(district) == [(3, "内容与摘要不符")]
    async with township.transaction() as tx:
        await tx.session.execute(delete(Dispatch).where(col(Dispatch.n) == 2))
    assert await faults(township) == [(2, "缺这一行")]


async def test_verify_finds_a_cut_tail_and_a_false_receipt(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await told(pair, 3)
    arrived = await hand_over(await batch(township, district, 1, 3), township, district)
    await hand_back(arrived.receipt, township, district)
    async with township.transaction() as tx:
        await tx.session.execute(update(SignedStatement).values(signature=bytes(64)))
    assert await faults(township) == [(3, "回执的签名不成立")]
    async with district.transaction() as tx:
        await tx.session.execute(delete(Arrival).where(col(Arrival.n) == 3))
    assert await faults(district) == [(3, "账本的末尾与通道记录的位置不符，有行缺失")]


async def test_a_fact_that_arrives_at_the_middle_goes_on_and_comes_back(pair: tuple[Node, Node]) -> None:
    """What the district does to an item goes back to the township that it came from."""
    township, district = pair
    origin_id = new_id()
    await township.tell(reported_up(township, district, origin_id))
    await hand_over(await batch(township, district, 1, 1), township, district)
    assert await district.rows(Dispatch) == []
    back = await district.tell(received(township, district, origin_id))
    await hand_over(await batch(district, township, 1, 1), district, township)
    assert await township.told() == back


async def test_a_thousand_facts_of_one_transaction_keep_their_order(pair: tuple[Node, Node]) -> None:
    township, district = pair
    ids = await told(pair, 1000)
    while (row := await district.lane(township.name, district.name)) is None or row.n < 1000:
        await hand_over(await batch(township, district, row.n + 1 if row else 1, 1000), township, district)
    assert await district.told() == ids


async def faults(node: Node) -> list[tuple[int, str]]:
    async with node.context.database.reading() as session:
        found = await actions.verify_ledger(session, await known_keys(session, node.context.node_keys))
    return [(one.n, one.fault) for one in found if not one.is_good]


async def restore_from_before(node: Node, peer: Node, *, after: int) -> None:
    """The database as it was when the chain was `after` rows long."""
    chain = node.border(peer).out
    rows = await node.rows(Dispatch)
    async with node.transaction() as tx:
        await tx.session.execute(delete(Dispatch).where(col(Dispatch.n) > after))
        await change_lane(tx.session, chain, n=after, h=rows[after - 1].h, carried_n=after, receipted_n=after)
