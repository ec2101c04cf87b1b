"""Numbering: what waits for a neighbour gets its place in the chain just before it is carried."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.exchange.actions.border import Border
from services.exchange.actions.dispatching import ledger_row
from services.exchange.model import Dispatch
from services.exchange.policy.chain import ChainedRow, Row, Tip, fresh_salt, sealed, walk
from services.exchange.store.dialect import insert_rows
from services.exchange.store.lanes import change_lane, lock_lanes
from services.exchange.store.queue import MOST_AT_ONCE, Rank, dispatched_before, drop_queued, next_queued
from services.kernel.runtime.storing.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Numbered:
    """Rows that have their numbers now, and the row before them."""

    before: Tip
    rows: tuple[ChainedRow, ...] = ()


async def number_rows(tx: Transaction, border: Border, *, most: int = MOST_AT_ONCE) -> Numbered:
    """Give the rows that wait longest their numbers, as many as one batch takes and no more than `most`.

    What the ledger has already for this neighbour is passed over: a fact is dispatched once, even
    when it was taken back from the neighbour in the meantime.
    """
    chain = border.out
    lane = (await lock_lanes(tx.session, [chain], own=border.own))[chain]
    tip = Tip(lane.epoch, lane.n, lane.h)
    if lane.forked_at is not None or lane.restoring_n > lane.n:
        return Numbered(tip)
    queued = await next_queued(tx.session, chain, most=most)
    fresh = await _not_in_ledger(tx, border, queued, lane.epoch)
    if queued:
        await drop_queued(tx.session, [row.id for row in queued])
    if not fresh:
        return Numbered(tip)
    rows = [_sealed(tip.n + place, one) for place, one in enumerate(fresh, start=1)]
    chained = walk(chain, epoch=tip.epoch, previous=tip.h, rows=rows)
    await insert_rows(
        tx.session,
        Dispatch,
        [
            ledger_row(chain, tip.epoch, link, event_id=one.event_id, type_=one.type, at=one.at) | {"size": one.size}
            for one, link in zip(fresh, chained, strict=True)
        ],
    )
    await change_lane(tx.session, chain, n=chained[-1].row.n, h=chained[-1].h)
    return Numbered(tip, tuple(chained))


async def _not_in_ledger(tx: Transaction, border: Border, queued: Sequence[Any], epoch: int) -> list[Any]:
    """Those that have no row yet; what is sent again in a new epoch has one in an earlier."""
    known = await dispatched_before(tx.session, border.out, [row.event_id for row in queued])
    anywhere = {event_id for event_id, _ in known}
    fresh = []
    for row in queued:
        is_known = (row.event_id, epoch) in known if row.rank == Rank.AGAIN else row.event_id in anywhere
        if row.event_id and is_known:
            continue
        fresh.append(row)
        known.add((row.event_id, epoch))
        anywhere.add(row.event_id)
    return fresh


def _sealed(n: int, queued: Any) -> Row:
    """The row; of one whose bytes were erased before it had a number, a digest that nothing fits."""
    if queued.body is None:
        return Row(n, b"", b"", secrets.token_bytes(32))
    return sealed(n, queued.body, salt=fresh_salt())
