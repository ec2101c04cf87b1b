"""Thinning out: old rows of the ledger keep digest and hash alone, and of old statements only as many as prove the chain."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.exchange.model import Lane
from services.exchange.policy.chain import Chain
from services.exchange.policy.signature import Kind
from services.exchange.policy.thinning import thin_out
from services.exchange.store import pruning
from services.exchange.store.lanes import list_lanes
from services.kernel.runtime.keeping.retention import note_reached, reached_by
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import Settings

BATCH = 200
SPAN_ROWS = 1_000
"""So many rows may stand on one statement; a signed head proves every row below it."""

_THINNED = ((Kind.HEAD, True), (Kind.RECEIPT, True), (Kind.RECEIPT, False))
"""Not the peer's heads: with them a restored peer takes its own rows back, a batch by each."""


async def prune(tx: Transaction, settings: Settings) -> int:
    """Thin out one batch somewhere; how many rows were looked at, 0 when all is thin."""
    for lane in await list_lanes(tx.session):
        for epoch in range(1, lane.epoch + 1):
            if done := await _prune_epoch(tx, settings, lane, epoch):
                return done
    return 0


async def _prune_epoch(tx: Transaction, settings: Settings, lane: Lane, epoch: int) -> int:
    done = 0
    if settings.ledger_keep_days:
        done = await _empty_rows(tx, lane, epoch, tx.now - timedelta(days=settings.ledger_keep_days))
    if not settings.statement_keep_days:
        return done
    before = tx.now - timedelta(days=settings.statement_keep_days)
    for kind, is_ours in _THINNED:
        done = done or await _thin_statements(tx, lane, epoch, kind, is_ours=is_ours, before=before)
    return done


async def _empty_rows(tx: Transaction, lane: Lane, epoch: int, before: datetime) -> int:
    name = f"rows {lane.link} {lane.lane} {epoch}"
    reached = await reached_by(tx.session, name)
    numbers = await pruning.old_numbers(tx.session, lane, epoch=epoch, after=reached, before=before, limit=BATCH)
    if numbers:
        await pruning.empty_rows(tx.session, lane, epoch=epoch, numbers=numbers)
        await note_reached(tx.session, name, numbers[-1])
    return len(numbers)


async def _thin_statements(
    tx: Transaction, lane: Lane, epoch: int, kind: Kind, *, is_ours: bool, before: datetime
) -> int:
    """Drop what later statements stand for, up to the first that is not old yet."""
    name = f"{kind.value}s {'own' if is_ours else 'theirs'} {lane.link} {lane.lane} {epoch}"
    reached = await reached_by(tx.session, name)
    found = await pruning.old_statements(
        tx.session, Chain(lane.link, lane.lane), kind=kind, epoch=epoch, is_ours=is_ours, after=reached, limit=BATCH
    )
    old = [one for one in found if one.at < before]
    thinned = thin_out([one.n for one in old], after=reached, span=SPAN_ROWS)
    if thinned.gone:
        await pruning.delete_statements(tx.session, [old[place].id for place in thinned.gone])
    if thinned.kept_n > reached:
        await note_reached(tx.session, name, thinned.kept_n)
    return len(thinned.gone) + (thinned.kept_n > reached)
