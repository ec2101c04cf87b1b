"""Rows of a neighbour's own chain that it has lost and takes back."""

from __future__ import annotations

from services.exchange.model import Arrival
from services.exchange.policy.chain import Chain, Tip
from services.exchange.policy.signature import Kind
from services.exchange.policy.wire import BATCH_ROWS, Message
from services.exchange.store.ledger import hashes, rows_after, statement_of, statements
from services.kernel.runtime.storing.session import AsyncSession


async def rows_to_give_back(session: AsyncSession, chain: Chain, tip: Tip) -> Message | None:
    """The rows after `tip` up to the next head that the neighbour signed; None when there is none.

    None also when the neighbour names another row than the one held here: then it is a fork,
    and its receipt shows it.
    """
    held = await hashes(session, Arrival, chain, epoch=tip.epoch, numbers=[tip.n])
    if held.get(tip.n) != tip.h:
        return None
    up_to = tip.n + BATCH_ROWS
    heads = await statements(session, chain, kind=Kind.HEAD, epoch=tip.epoch, after=tip.n, up_to=up_to)
    if not heads:
        return None
    head = statement_of(heads[0])
    rows = await rows_after(session, Arrival, chain, tip, up_to=head.tip.n)
    if not rows or rows[-1].h != head.tip.h:
        return None
    return Message(head, tuple(chained.row for chained in rows), tip.h, is_returned=True)
