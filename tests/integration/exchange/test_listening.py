"""Agents: facts of this node become rows for its neighbours, however often they are delivered."""

from dataclasses import replace

from services.exchange.agents import LISTENS_TO
from services.exchange.app import exchange_service
from services.exchange.model import METADATA
from services.kernel.language.envelope import Envelope, to_headers
from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.storing.migrations import differences
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.telling.inbox import Inbox, Message
from tests.integration.exchange.two_nodes import Node, envelope_of, received, reported_up


def inbox_of(node: Node) -> Inbox:
    return Inbox(
        node.context.database, LISTENS_TO, consumer="exchange.routine", prefix=node.name, clock=node.context.clock
    )


def message(node: Node, topic: str, envelope: Envelope, offset: int) -> Message:
    return Message(f"{node.name}.{topic}", f"0:{offset}", to_headers(envelope), envelope.data)


async def test_facts_of_review_become_rows_once_though_each_is_delivered_twice(pair: tuple[Node, Node]) -> None:
    township, district = pair
    facts = [reported_up(township, district) for _ in range(5)]
    envelopes = [replace(envelope_of(township, fact), sequence=1) for fact in facts]
    messages = [message(township, "review.submission", envelope, at) for at, envelope in enumerate(envelopes)]
    await inbox_of(township).receive([one for each in messages for one in (each, each)])
    await inbox_of(township).receive(messages)
    assert [row.event_id for row in await township.queued()] == [envelope.id for envelope in envelopes]


async def test_what_concerns_nobody_else_becomes_no_row(pair: tuple[Node, Node]) -> None:
    township, district = pair
    fact = received(township, district, new_id())
    envelope = replace(envelope_of(township, fact), sequence=1)
    await inbox_of(township).receive([message(township, "review.submission", envelope, 1)])
    assert await township.queued() == []


async def test_a_delivery_above_goes_back_along_the_route_that_a_report_has_left(pair: tuple[Node, Node]) -> None:
    township, district = pair
    origin_id = new_id()
    delivered = SubmissionDelivered(
        origin_id=origin_id, info_type=InfoType.PROBLEM, hop=2, version=1, from_node=district.name, to_node="city",
        at=district.context.clock(),
    )  # fmt: skip
    answered = received(township, district, origin_id)
    inbox = inbox_of(district)
    for topic, fact in (("review.submission", answered), ("exchange.delivery", delivered)):
        envelope = replace(envelope_of(district, fact), sequence=1)
        await inbox.receive([message(district, topic, envelope, 1)])
    assert [row.type for row in await district.queued()] == ["submission.received", "submission.delivered"]


async def test_the_migrated_schema_is_the_one_of_the_table_classes(pair: tuple[Node, Node]) -> None:
    assert await differences(pair[0].context.database, METADATA) == []
    assert exchange_service().listens_to.items() >= LISTENS_TO.items()
