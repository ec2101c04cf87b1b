"""A node restored from an old backup takes its own rows back from the neighbour that holds them."""

from __future__ import annotations

from collections.abc import Sequence

from services.exchange.actions.border import Border
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.actions.delivering import DELIVERED_TYPES, keep_delivery, tell_deliveries
from services.exchange.actions.dispatching import ledger_row
from services.exchange.actions.erasures import keep_declined, keep_erasure
from services.exchange.model import Dispatch, SignedStatement
from services.exchange.policy.arrivals import UNREADABLE, fault_in
from services.exchange.policy.chain import ChainedRow, Tip
from services.exchange.policy.chunks import CHUNK_TYPE, ChunkUnreadable, read
from services.exchange.policy.judgement import Verdict, judge
from services.exchange.policy.routing import Ways, route_of, with_way
from services.exchange.policy.wire import Message
from services.exchange.store.dialect import insert_rows
from services.exchange.store.files import expect_files, note_dispatched
from services.exchange.store.lanes import change_lane, lock_lanes
from services.exchange.store.ledger import statement_row
from services.exchange.store.routes import keep_ways, ways_of
from services.kernel.language.envelope import Envelope, EnvelopeUnreadable, from_structured
from services.kernel.language.events import (
    RETURNED_TOPIC,
    RETURNED_URGENT_TOPIC,
    fact_in,
)
from services.kernel.language.events.exchange import ErasureDecided, ErasureDeclined, SubmissionDelivered
from services.kernel.language.events.meaning import Way
from services.kernel.language.vocabulary import Lane as LaneWord
from services.kernel.runtime.storing.erased import hold_unless_erased, is_about_erased
from services.kernel.runtime.storing.transaction import Transaction

_Opened = tuple[ChainedRow, Envelope | None]


async def take_back(tx: Transaction, border: Border, message: Message) -> int:
    """Put rows of this node's own chain back into the ledger; how many more the neighbour holds.

    They travel with this node's own signed head, so that the neighbour cannot invent any. What this
    node's own services had told is told to them again, on a topic of its own.
    """
    chain = border.out
    lane = (await lock_lanes(tx.session, [chain], own=border.own))[chain]
    tip = Tip(lane.epoch, lane.n, lane.h)
    judgement = judge(message, chain=chain, tip=tip, held={}, keys=border.own_keys)
    if judgement.verdict.is_refused or judgement.verdict.stops_lane:
        await keep_conflict(
            tx, chain, judgement.verdict.value, n=judgement.n, ours=judgement.ours, theirs=judgement.theirs
        )
        return 0
    if judgement.verdict is not Verdict.NEXT:
        return max(lane.restoring_n - lane.n, 0)
    opened = await _without_erased(tx, [(chained, _opened(chained)) for chained in judgement.rows])
    await insert_rows(tx.session, Dispatch, [_row(tx, border, tip.epoch, *one) for one in opened])
    await insert_rows(tx.session, SignedStatement, [statement_row(message.statement, is_ours=True)])
    await _hand_on(tx, border, opened)
    if border.lane == LaneWord.BULK:
        await _note_files(tx, border, judgement.rows)
    n = judgement.tip.n
    missing = max(lane.restoring_n - n, 0)
    restoring_n = lane.restoring_n if missing else 0
    await change_lane(tx.session, chain, n=n, h=judgement.tip.h, carried_n=n, receipted_n=n, restoring_n=restoring_n)
    return missing


async def _without_erased(tx: Transaction, opened: Sequence[_Opened]) -> list[_Opened]:
    """The rows; those about items that were erased here come back without their bytes and say nothing."""
    erased = await hold_unless_erased(tx.session, {envelope.subject for _, envelope in opened if envelope})
    return [
        (chained.erased(), None) if envelope and is_about_erased(envelope, erased) else (chained, envelope)
        for chained, envelope in opened
    ]


async def _hand_on(tx: Transaction, border: Border, opened: Sequence[_Opened]) -> None:
    """What the rows say about this node: routes, deliveries, and the facts that its own services told."""
    known = await ways_of(tx.session, {envelope.subject for _, envelope in opened if envelope})
    ways: dict[str, Ways] = {}
    for _, envelope in opened:
        if envelope is None:
            continue
        fact = fact_in(envelope)
        if fact is not None and (route := route_of(fact)):
            so_far = ways.get(fact.key) or known.get(fact.key, ())
            ways[fact.key] = with_way(so_far, route, is_newest=Way.UP in fact.ways and envelope.node == border.own)
        if isinstance(fact, SubmissionDelivered) and envelope.node == border.own:
            await keep_delivery(tx, fact)
        if isinstance(fact, ErasureDecided) and envelope.node == border.own:
            await keep_erasure(tx, fact)
        elif isinstance(fact, ErasureDeclined) and envelope.node == border.own:
            await keep_declined(tx, fact)
        elif envelope.node == border.own and not fault_in(envelope):
            topic = RETURNED_URGENT_TOPIC if border.lane == LaneWord.URGENT else RETURNED_TOPIC
            tx.retell(envelope, topic=topic, key=envelope.subject)
    await keep_ways(tx.session, ways, known=known)
    reports = [one.row.body for one, envelope in opened if envelope and envelope.type in DELIVERED_TYPES]
    await tell_deliveries(tx, border, reports)


async def _note_files(tx: Transaction, border: Border, rows: Sequence[ChainedRow]) -> None:
    """The files whose pieces came back were dispatched: they are not sent once more unasked."""
    sizes: dict[str, int] = {}
    for chained in rows:
        try:
            chunk = read(chained.row.body)
        except ChunkUnreadable:
            continue
        sizes[chunk.sha256] = chunk.size
    await expect_files(tx.session, border.peer, sizes, now=tx.now)
    await note_dispatched(tx.session, border.peer, sizes, now=tx.now)


def _opened(chained: ChainedRow) -> Envelope | None:
    try:
        return from_structured(chained.row.body)
    except EnvelopeUnreadable:
        return None


def _row(
    tx: Transaction, border: Border, epoch: int, chained: ChainedRow, envelope: Envelope | None
) -> dict[str, object]:
    unread = CHUNK_TYPE if border.lane == LaneWord.BULK else UNREADABLE
    event_id, type_ = (envelope.id, envelope.type) if envelope else ("", unread)
    return ledger_row(border.out, epoch, chained, event_id=event_id, type_=type_, at=tx.now)
