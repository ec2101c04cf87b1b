"""A row that its neighbour has signed may be hostile: it is evidence, receipted and counted, and stops nothing."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from services.exchange import actions
from services.exchange.actions.conflicts import MOST_OF_A_KIND, keep_conflict
from services.exchange.model import Arrival, Conflict, Dispatch
from services.exchange.pages.links import CONFLICT_WORDS
from services.exchange.policy.arrivals import NOT_PLAIN, NOT_THEIRS, SET_ASIDE, TOO_LARGE, UNREADABLE
from services.exchange.policy.chain import Tip
from services.exchange.policy.chunks import Chunk, ChunkUnreadable, describe, read, spans
from services.exchange.policy.judgement import Verdict
from services.exchange.policy.receipts import Acceptance
from services.exchange.policy.unsealing import MALFORMED, MISDIRECTED
from services.exchange.store.routes import ways_of
from services.exchange.workers.chunks import keep_content
from services.kernel.language.envelope import to_structured
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.language.events.parts import Attachment
from services.kernel.language.vocabulary import Level, UnitKind
from services.kernel.runtime.heard.organisation import keep_unit
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.exchange.handing import batch, hand_over
from tests.integration.exchange.signed import CHUNKS, RAW, TWISTS, twisted
from tests.integration.exchange.test_files import bulk_batch, stored
from tests.integration.exchange.test_ledger import conflicts
from tests.integration.exchange.two_nodes import (
    Node,
    another_township,
    envelope_of,
    received,
    reported_up,
)


async def put(
    sender: Node, receiver: Node, *bodies: bytes, type_: str = "submission.reported_up", lane: str = "routine"
) -> None:
    """Rows as a neighbour writes them that heeds no rule."""
    chain = sender.border(receiver, lane).out
    async with sender.transaction() as tx:
        await actions.queue_rows(tx, [actions.Outgoing(chain, "", type_, body) for body in bodies])


async def carried(sender: Node, receiver: Node, count: int) -> actions.Arrived:
    """Everything that waits handed over, and receipted."""
    n = 0
    while n < count:
        message = await batch(sender, receiver, n + 1, count)
        arrived = await hand_over(message, sender, receiver)
        n = message.statement.tip.n
    assert arrived.receipt is not None
    assert arrived.receipt.tip.n == count
    return arrived


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in TWISTS}))
async def test_hostile_rows_are_evidence_and_told_to_nobody(pair: tuple[Node, Node], kind: str) -> None:
    """All of a kind, one after the other, each between two rows that mean well."""
    township, district = pair
    bodies = {name: twisted(township, district, twist) for (of, name), twist in TWISTS.items() if of == kind}
    told = await township.tell(reported_up(township, district))
    for body in bodies.values():
        await put(township, district, body)
        told += await township.tell(reported_up(township, district))
    await carried(township, district, 2 * len(bodies) + 1)
    assert await district.told() == told
    assert await conflicts(district) == [kind] * len(bodies)
    rows = await district.rows(Arrival)
    meant_well, hostile = rows[::2], rows[1::2]
    assert all(row.is_told for row in meant_well)
    assert [name for name, row in zip(bodies, hostile, strict=True) if row.is_told] == []
    assert [name for name, row in zip(bodies, hostile, strict=True) if row.body != bodies[name]] == []


async def test_bytes_that_are_no_fact_at_all_stop_nothing(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await put(township, district, *RAW.values())
    told = await township.tell(reported_up(township, district))
    await carried(township, district, len(RAW) + 1)
    assert await district.told() == told
    assert await conflicts(district) == ["unreadable"] * len(RAW)


@pytest.mark.parametrize("name", CHUNKS)
def test_a_piece_of_file_that_nobody_could_mean_is_unreadable(name: str) -> None:
    with pytest.raises(ChunkUnreadable):
        read(CHUNKS[name])


async def test_hostile_pieces_of_files_stop_nothing(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await put(township, district, *CHUNKS.values(), type_="file.chunk", lane="bulk")
    message = await bulk_batch(township, district)
    await keep_content(district.context, district.border(township, "bulk"), [message])
    arrived = await hand_over(message, township, district, "bulk")
    assert arrived.receipt is not None
    assert arrived.receipt.tip.n == len(CHUNKS)
    assert await conflicts(district) == ["damaged"] * len(CHUNKS)


async def test_rubbish_under_a_known_digest_leaves_the_honest_file_as_it_was(
    pair: tuple[Node, Node], other: Node
) -> None:
    township, district = pair
    content = bytes(range(256)) * 3000
    file = stored(township, content)
    pieces = [(at, content[at : at + length]) for at, length in spans(file.size)]
    rubbish = [(at, b"x" * len(piece)) for at, piece in pieces]
    assert len(pieces) == 2
    await district_gets(district, township, file, pieces[:1])
    await district_gets(district, other, file, rubbish)
    assert not district.context.files.has(file.sha256)
    await district_gets(district, township, file, pieces[1:])
    assert district.context.files.has(file.sha256)
    assert await conflicts(district) == ["damaged"]


async def district_gets(district: Node, sender: Node, file: Attachment, pieces: list[tuple[int, bytes]]) -> None:
    """Pieces of a file come in one batch, each with its own true digest."""
    border = sender.border(district, "bulk")
    digests = [hashlib.sha256(piece).hexdigest() for _, piece in pieces]
    chunks = [
        describe(Chunk(file.sha256, file.size, at, len(piece), digest))
        for (at, piece), digest in zip(pieces, digests, strict=True)
    ]
    before = (await sender.lane(sender.name, district.name, "bulk")) or Tip()
    await put(sender, district, *chunks, type_="file.chunk", lane="bulk")
    message = await batch(sender, district, before.n + 1, before.n + len(pieces), "bulk")
    rows = tuple(replace(row, content=piece) for row, (_, piece) in zip(message.rows, pieces, strict=True))
    await keep_content(district.context, district.border(sender, "bulk"), [replace(message, rows=rows)])
    assert border.out == message.statement.chain


async def test_rows_found_bad_one_by_one_are_never_kept_under_an_id_that_no_table_takes(
    pair: tuple[Node, Node],
) -> None:
    township, district = pair
    await put(township, district, twisted(township, district, TWISTS["unreadable", "a nul in its id"]))
    async with district.transaction() as tx:
        await actions.arrive(tx, district.border(township), [await batch(township, district, 1, 1)], untold=[1])
    assert [row.event_id for row in await district.rows(Arrival)] == [""]


async def test_conflicts_of_a_kind_do_not_fill_the_table(pair: tuple[Node, Node]) -> None:
    township, district = pair
    async with district.transaction() as tx:
        for n in range(MOST_OF_A_KIND + 50):
            await keep_conflict(tx, district.border(township).inward, "unreadable", epoch=1, n=n)
        query = select(func.count(col(Conflict.id)), func.sum(col(Conflict.times)))
        assert tuple((await tx.session.execute(query)).one()) == (MOST_OF_A_KIND, MOST_OF_A_KIND + 50)


def test_every_kind_of_conflict_has_words_on_the_link_page() -> None:
    kinds = {UNREADABLE, TOO_LARGE, NOT_PLAIN, NOT_THEIRS, SET_ASIDE, MALFORMED, MISDIRECTED, "damaged"}
    kinds |= {one.value for one in Verdict if one.is_refused or one.stops_lane}
    kinds |= {one.value for one in Acceptance if one.is_refused or one.stops_lane}
    assert kinds <= CONFLICT_WORDS.keys()


async def unit(node: Node, unit_id: UUID, name: str, kind: UnitKind, *, of: str) -> None:
    fact = UnitRegistered(
        unit_id=unit_id, name=name, short_name=name, kind=kind, level=Level.TOWNSHIP, ranking_group="乡镇", org_code="",
        node_id=of, is_active=True,
    )  # fmt: skip
    async with node.transaction() as tx:
        await keep_unit(tx, fact)


@pytest.fixture
async def other(pair: tuple[Node, Node], tmp_path: Path, node_urls: Callable[[], str]) -> AsyncIterator[Node]:
    """Another township below the same district."""
    township, district = pair
    async with another_township(township, district, tmp_path / "o", node_urls()) as node:
        yield node


async def test_a_township_cannot_overwrite_the_item_of_another(pair: tuple[Node, Node], other: Node) -> None:
    township, district = pair
    origin_id = new_id()
    told = await township.tell(reported_up(township, district, origin_id))
    await carried(township, district, 1)
    await other.tell(reported_up(other, district, origin_id, version=2))
    await carried(other, district, 1)
    assert await district.told() == told
    assert await conflicts(district) == ["not_theirs"]
    again = await township.tell(reported_up(township, district, origin_id, version=2))
    await hand_over(await batch(township, district, 2, 2), township, district)
    assert await district.told() == told + again


async def test_a_township_cannot_take_an_item_that_the_district_has_of_its_own(pair: tuple[Node, Node]) -> None:
    township, district = pair
    own = reported_up(district, district)
    await district.tell(own)
    await township.tell(reported_up(township, district, own.item.origin_id))
    await carried(township, district, 1)
    assert await district.told() == []
    assert await conflicts(district) == ["not_theirs"]


async def test_a_township_cannot_pose_as_the_unit_of_another(pair: tuple[Node, Node], other: Node) -> None:
    township, district = pair
    theirs = new_id()
    await unit(district, theirs, "青石镇", UnitKind.SUBORDINATE, of=other.name)
    posing = reported_up(township, district)
    by_id = posing.model_copy(update={"item": posing.item.model_copy(update={"unit_id": theirs})})
    by_name = posing.model_copy(update={"item": posing.item.model_copy(update={"unit_name": "青石镇"})})
    await township.tell(by_id, by_name)
    told = await township.tell(reported_up(township, district))
    await carried(township, district, 3)
    assert await district.told() == told
    assert await conflicts(district) == ["not_theirs"] * 2


async def test_a_township_reports_in_the_name_of_the_office_by_which_it_is_governed(pair: tuple[Node, Node]) -> None:
    township, district = pair
    await unit(district, new_id(), "龙潭乡", UnitKind.SUBORDINATE, of=township.name)
    await township.tell(reported_up(township, district))
    await carried(township, district, 1)
    assert await conflicts(district) == ["not_theirs"]


async def test_an_office_above_is_heard_about_what_was_sent_to_it_alone(pair: tuple[Node, Node]) -> None:
    township, district = pair
    sent, never = new_id(), new_id()
    await township.tell(reported_up(township, district, sent))
    township.border(district).run.is_answered = True
    told = await district.tell(received(township, district, sent))
    await put(district, township, to_structured(envelope_of(district, received(township, district, never))))
    await hand_over(await batch(district, township, 1, 2), district, township)
    assert await township.told() == told
    assert await conflicts(township) == ["not_theirs"]


async def test_a_township_that_may_have_forgotten_its_report_hears_of_it(pair: tuple[Node, Node]) -> None:
    township, district = pair
    told = await district.tell(received(township, district, new_id()))
    assert not township.border(district).run.is_answered
    await hand_over(await batch(district, township, 1, 1), district, township)
    assert await township.told() == told
    assert await district.rows(Dispatch) != []


async def test_an_item_that_arrived_has_a_way_before_anybody_has_touched_it(pair: tuple[Node, Node]) -> None:
    township, district = pair
    origin_id = new_id()
    await township.tell(reported_up(township, district, origin_id))
    await carried(township, district, 1)
    async with district.context.database.reading() as session:
        found = await ways_of(session, [str(origin_id)])
    assert found == {str(origin_id): ((township.name, district.name),)}
