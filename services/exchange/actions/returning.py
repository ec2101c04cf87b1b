"""A node restored from an old backup takes its own rows back from the neighbour that holds them."""

from __future__ import annotations

from services.exchange.actions.arriving import UNREADABLE
from services.exchange.actions.border import Border
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.actions.dispatching import ledger_row
from services.exchange.model import Dispatch, SignedStatement
from services.exchange.policy.chain import ChainedRow, Tip
from services.exchange.policy.chunks import CHUNK_TYPE
from services.exchange.policy.judgement import Verdict, judge
from services.exchange.policy.wire import Message
from services.exchange.store.dialect import insert_rows
from services.exchange.store.lanes import change_lane, lock_lanes
from services.exchange.store.ledger import statement_row
from services.kernel.language.envelope import EnvelopeUnreadable, from_structured
from services.kernel.language.vocabulary import Lane as LaneWord
from services.kernel.runtime.transaction import Transaction


async def take_back(tx: Transaction, border: Border, message: Message) -> int:
    """Put rows of this node's own chain back into the ledger; how many more the neighbour holds.

    They travel with this node's own signed head, so that the neighbour cannot invent any.
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
    rows = [_row(tx, border, tip.epoch, chained) for chained in judgement.rows]
    await insert_rows(tx.session, Dispatch, rows)
    await insert_rows(tx.session, SignedStatement, [statement_row(message.statement, is_ours=True)])
    n = judgement.tip.n
    missing = max(lane.restoring_n - n, 0)
    restoring_n = lane.restoring_n if missing else 0
    await change_lane(tx.session, chain, n=n, h=judgement.tip.h, carried_n=n, receipted_n=n, restoring_n=restoring_n)
    return missing


def _row(tx: Transaction, border: Border, epoch: int, chained: ChainedRow) -> dict[str, object]:
    try:
        envelope = from_structured(chained.row.body)
        event_id, type_ = envelope.id, envelope.type
    except EnvelopeUnreadable:
        event_id, type_ = "", CHUNK_TYPE if border.lane == LaneWord.BULK else UNREADABLE
    return ledger_row(border.out, epoch, chained, event_id=event_id, type_=type_, at=tx.now)
