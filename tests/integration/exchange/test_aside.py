"""One row that cannot be told is set aside as evidence; the rows around it take effect."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from services.exchange import actions
from services.exchange.agents import REPLAYS
from services.exchange.model import Delivery, Link
from services.exchange.policy.judgement import Verdict
from services.kernel.language.envelope import Envelope, to_structured
from services.kernel.language.events.exchange import LinkStateChanged, SubmissionDelivered
from services.kernel.language.vocabulary import InfoType, LinkState
from tests.integration.exchange.test_ledger import batch, conflicts, hand_back, hand_over, told
from tests.integration.exchange.two_nodes import Node, envelope_of, reported_up


def _large(envelope: Envelope) -> Envelope:
    return replace(envelope, data=b'{"x":"' + b"a" * 900_001 + b'"}')


def _nul(envelope: Envelope) -> Envelope:
    return replace(envelope, subject="a\x00b")


def _surrogate(envelope: Envelope) -> Envelope:
    return replace(envelope, traceparent="x" * 20_000)


def _first_day(envelope: Envelope) -> Envelope:
    return replace(envelope, time=datetime(1, 1, 1, tzinfo=UTC))


BAD = {"too_large": _large, "nul": _nul, "long": _surrogate}


@pytest.mark.parametrize("name", BAD)
async def test_a_row_that_cannot_be_told_is_stored_receipted_and_stops_nothing(
    pair: tuple[Node, Node], name: str
) -> None:
    township, district = pair
    fact = reported_up(township, district)
    body = to_structured(BAD[name](envelope_of(township, fact)))
    before = await told(pair, 1)
    out = township.border(district).out
    async with township.transaction() as tx:
        await actions.queue_rows(tx, [actions.Outgoing(out, "x", fact.TYPE, body)])
    after = await told(pair, 1)
    first = await batch(township, district, 1, 2)
    messages = [first, await batch(township, district, first.statement.tip.n + 1, 3)]
    if first.statement.tip.n < 2:
        messages = [first, await batch(township, district, 2, 2), await batch(township, district, 3, 3)]
    for message in messages:
        arrived = await hand_over(message, township, district)
        assert set(arrived.verdicts) <= {Verdict.NEXT, Verdict.SEEN}
    assert (await hand_back(arrived.receipt, township, district)).receipted_n == 3
    assert await district.told() == [*before, *after]
    assert await conflicts(district) == ["too_large" if name == "too_large" else "unreadable"]


async def test_a_time_before_all_time_does_not_stop_the_lane(pair: tuple[Node, Node]) -> None:
    township, district = pair
    fact = reported_up(township, district)
    envelope = envelope_of(township, fact)
    body = to_structured(envelope).replace(
        envelope.time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode(), b"0001-01-01T00:00:00+14:00"
    )
    async with township.transaction() as tx:
        await actions.queue_rows(tx, [actions.Outgoing(township.border(district).out, "x", fact.TYPE, body)])
    await hand_over(await batch(township, district, 1, 1), township, district)
    assert await conflicts(district) == ["unreadable"]


async def test_rows_named_as_bad_are_stored_and_told_to_nobody(pair: tuple[Node, Node]) -> None:
    township, district = pair
    ids = await told(pair, 3)
    message = await batch(township, district, 1, 3)
    async with district.transaction() as tx:
        await actions.arrive(tx, district.border(township), [message], untold=[2])
    assert await district.told() == [ids[0], ids[2]]
    assert await conflicts(district) == ["set_aside"]


async def test_what_the_exchange_told_can_be_replayed_into_its_tables(pair: tuple[Node, Node]) -> None:
    township, district = pair
    ids = await told(pair, 2)
    arrived = await hand_over(await batch(township, district, 1, 2), township, district)
    await hand_back(arrived.receipt, township, district)
    assert len(ids) == 2
    async with township.transaction() as tx:
        kept = {
            (row.origin_id, row.hop, row.version): row.at
            for row in (await tx.session.execute(select(Delivery))).scalars()
        }
        await tx.session.execute(delete(Delivery))
    facts = [
        SubmissionDelivered(
            origin_id=origin_id, info_type=InfoType.PROBLEM, hop=hop, version=version, from_node=township.name,
            to_node=district.name, at=at,
        )
        for (origin_id, hop, version), at in kept.items()
    ]  # fmt: skip
    now = township.context.clock()
    states = [
        LinkStateChanged(peer=district.name, state=state, at=now + timedelta(seconds=s))
        for s, state in ((2, LinkState.UP), (1, LinkState.DOWN))
    ]
    told_before = await township.told("exchange.delivery")
    for _ in range(2):
        async with township.transaction() as tx:
            for fact in (*facts, *states):
                await REPLAYS[type(fact)](tx, fact)
    async with township.transaction() as tx:
        again = {
            (row.origin_id, row.hop, row.version): row.at
            for row in (await tx.session.execute(select(Delivery))).scalars()
        }
        state = (await tx.session.execute(select(col(Link.state)))).scalar_one()
    assert (again, state) == (kept, "up")
    assert await township.told("exchange.delivery") == told_before
