"""Erasing across nodes: a neighbour's decision is a request here, and nothing that comes later brings the text back."""

from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from services.exchange import actions
from services.exchange.actions.erasures import AlreadyErased, ErasureAnswered
from services.exchange.app import exchange_service
from services.exchange.model import Arrival, Conflict, Dispatch, Erasure, ErasureSaid
from services.exchange.policy.chain import link_name
from services.exchange.store.keys import known_keys
from services.exchange.store.lanes import change_lane
from services.kernel.language.events.exchange import ErasureDecided, ErasureDeclined
from services.kernel.language.events.parts import Fact
from services.kernel.language.events.review import SubmissionReportedUp
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import ErasureGround, ErasureStage, Lane, Role
from services.kernel.runtime.keeping.erasure.copies import Order
from services.kernel.runtime.keeping.erasure.erasing import copies_of, erase_item
from services.kernel.runtime.storing.outbox import envelope_of as outbox_envelope
from services.kernel.runtime.storing.tables import AUDIT, OUTBOX
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.exchange.handing import batch, hand_over
from tests.integration.exchange.two_nodes import OFFICER, Node, reported_up
from tests.support.service import officer

ADMIN = officer(Role.ADMIN, name="王芳")
URGENT = Lane.URGENT.value
TEXT = "饮水管网老化"


async def sent(township: Node, district: Node) -> SubmissionReportedUp:
    """An item that went up and arrived; its report."""
    report = reported_up(township, district)
    await township.tell(report)
    await hand_over(await batch(township, district, 1, 1), township, district)
    return report


async def decide(node: Node, origin_id: UUID) -> None:
    """Decide there, and let the node's own agent take the decision up."""
    async with node.transaction() as tx:
        await actions.decide_erasure(tx, origin_id, ground=ErasureGround.MISTAKE, reason="主任已批准", by=ADMIN)
    await take_up(node, ErasureDecided)


async def take_up(node: Node, kind: type[Fact]) -> None:
    async with node.context.database.reading() as session:
        row = (
            await session.execute(select(OUTBOX).where(OUTBOX.c.type == kind.TYPE).order_by(OUTBOX.c.id.desc()))
        ).first()
    envelope = outbox_envelope(row)
    async with node.transaction() as tx:
        actions.send_on(tx, kind.model_validate_json(envelope.data), envelope)


async def erased_in(node: Node, origin_id: UUID) -> None:
    async with node.transaction() as tx:
        await erase_item(tx, exchange_service(), Order(origin_id=origin_id, by=OFFICER, reason="误录"))


async def said(node: Node) -> list[ErasureSaid]:
    async with node.context.database.reading() as session:
        return list((await session.execute(select(ErasureSaid))).scalars())


async def texts(node: Node) -> int:
    """How often the text stands in the node's ledger and outbox."""
    rows = [*await node.rows(Dispatch), *await node.rows(Arrival), *await node.queued()]
    async with node.context.database.reading() as session:
        rows += list(await session.execute(select(OUTBOX)))
    return sum(TEXT.encode() in (row.body or b"") for row in rows)


async def test_a_neighbour_that_has_the_item_is_told_and_its_administrator_decides(pair: tuple[Node, Node]) -> None:
    township, district = pair
    report = await sent(township, district)
    await decide(township, report.item.origin_id)
    await erased_in(township, report.item.origin_id)
    assert await texts(township) == 0
    await hand_over(await batch(township, district, 1, 1, URGENT), township, district, URGENT)
    [asked] = await said(district)
    assert (asked.peer, asked.ground, asked.reason, asked.answer) == (
        township.name, ErasureGround.MISTAKE, "主任已批准", "",
    )  # fmt: skip
    assert await texts(district) > 0, "nothing is erased because a neighbour says so"

    await decide(district, report.item.origin_id)
    assert [one.answer for one in await said(district)] == ["erased"]
    await hand_over(await batch(district, township, 1, 1, URGENT), district, township, URGENT)
    [answer] = await said(township)
    assert (answer.peer, answer.is_declined, answer.answer) == (district.name, False, "erased")
    with pytest.raises(AlreadyErased):
        await decide(district, report.item.origin_id)


async def test_a_declined_request_is_answered_with_the_reason(pair: tuple[Node, Node]) -> None:
    township, district = pair
    report = await sent(township, district)
    await decide(township, report.item.origin_id)
    await hand_over(await batch(township, district, 1, 1, URGENT), township, district, URGENT)
    async with district.transaction() as tx:
        await actions.decline_erasure(tx, report.item.origin_id, township.name, reason="不涉密", by=ADMIN)
    with pytest.raises(ErasureAnswered):
        async with district.transaction() as tx:
            await actions.decline_erasure(tx, report.item.origin_id, township.name, reason="不涉密", by=ADMIN)
    with pytest.raises(NotFound):
        async with district.transaction() as tx:
            await actions.decline_erasure(tx, new_id(), township.name, reason="不涉密", by=ADMIN)
    await take_up(district, ErasureDeclined)
    await hand_over(await batch(district, township, 1, 1, URGENT), district, township, URGENT)
    [answer] = await said(township)
    assert (answer.is_declined, answer.reason, answer.decided_by) == (True, "不涉密", ADMIN.name)
    assert await texts(district) > 0


async def test_a_neighbour_that_never_carried_the_item_has_nothing_to_say_about_it(pair: tuple[Node, Node]) -> None:
    township, district = pair
    report = reported_up(township, district)
    async with district.transaction() as tx:
        from services.exchange.store.routes import keep_ways

        await keep_ways(tx.session, {report.key: (("another", district.name),)}, known={})
    async with township.transaction() as tx:
        await keep_ways(tx.session, {report.key: ((township.name, district.name),)}, known={})
    await decide(township, report.item.origin_id)
    await hand_over(await batch(township, district, 1, 1, URGENT), township, district, URGENT)
    assert await said(district) == []
    async with district.context.database.reading() as session:
        assert list((await session.execute(select(col(Conflict.kind)))).scalars()) == ["not_theirs"]


async def test_what_arrives_about_an_erased_item_is_receipted_without_its_text(pair: tuple[Node, Node]) -> None:
    township, district = pair
    report = reported_up(township, district)
    await erased_in(district, report.item.origin_id)
    other = reported_up(township, district)
    ids = await township.tell(report, other)
    arrived = await hand_over(await batch(township, district, 1, 2), township, district)
    assert arrived.receipt
    assert arrived.receipt.tip.n == 2
    assert await district.told() == [ids[1]]
    assert [row.body is None for row in await district.rows(Arrival)] == [True, False]
    async with district.context.database.reading() as session:
        found = await actions.verify_ledger(session, await known_keys(session, district.context.node_keys))
    assert all(one.is_good for one in found)


async def test_rows_taken_back_after_a_restore_bring_no_erased_text_and_the_decision_comes_back(
    pair: tuple[Node, Node],
) -> None:
    township, district = pair
    report = await sent(township, district)
    await decide(township, report.item.origin_id)
    messages = {
        lane: await batch(township, district, 1, 1, lane) for lane in (Lane.ROUTINE.value, URGENT)
    }  # what the district still has: it erased nothing
    async with township.transaction() as tx:  # a backup from before everything
        for table in (Dispatch, Erasure):
            await tx.session.execute(delete(table))
        await tx.session.execute(OUTBOX.delete())
        for lane in messages:
            chain = township.border(district, lane).out
            await change_lane(tx.session, chain, n=0, h=bytes(32), restoring_n=1, carried_n=0, receipted_n=0)
    async with township.transaction() as tx:
        await actions.take_back(tx, township.border(district, URGENT), messages[URGENT])
    async with township.context.database.reading() as session:
        [again] = (await session.execute(select(Erasure))).scalars()
    assert (again.origin_id, again.stage, again.asked) == (report.key, ErasureStage.DATABASES, [district.name])
    await erased_in(township, report.item.origin_id)
    async with township.transaction() as tx:
        await actions.take_back(tx, township.border(district), messages[Lane.ROUTINE.value])
    assert await texts(township) == 0
    assert [row.link for row in await township.rows(Dispatch)] == [link_name(township.name, district.name)] * 2


async def test_what_is_erased_is_counted_before_and_audited_without_a_word_of_it(pair: tuple[Node, Node]) -> None:
    township, district = pair
    report = await sent(township, district)
    async with district.context.database.reading() as session:
        before = await copies_of(session, exchange_service(), report.item.origin_id)
    assert (before.rows, before.facts) == (1, 1)
    await erased_in(district, report.item.origin_id)
    async with district.context.database.reading() as session:
        after = await copies_of(session, exchange_service(), report.item.origin_id)
        audited = (await session.execute(select(AUDIT).where(AUDIT.c.verb == "item.erased"))).one()
    assert after.is_empty
    assert TEXT not in audited.details
