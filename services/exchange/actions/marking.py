"""Marks that carriers leave about their lanes: connected, carried up to here."""

from __future__ import annotations

from sqlalchemy import update

from services.exchange.actions.border import Border
from services.exchange.model import Lane, SignedStatement
from services.exchange.policy.signature import Statement
from services.exchange.store.dialect import insert_rows
from services.exchange.store.lanes import change_lane, lock_lanes
from services.exchange.store.ledger import statement_row
from services.kernel.runtime.storing.transaction import Transaction


async def begin_lane(tx: Transaction, border: Border) -> int:
    """Make both chains of a lane known; the message of the road to read next."""
    lanes = await lock_lanes(tx.session, [border.out, border.inward], own=border.own)
    return lanes[border.inward].read_offset


async def mark_connected(tx: Transaction, border: Border, *, is_connected: bool) -> None:
    """Note whether the lane has a road."""
    await change_lane(tx.session, border.out, connected_at=tx.now if is_connected else None)


async def forget_connections(tx: Transaction) -> None:
    """Clear the marks that a killed process left behind."""
    await tx.session.execute(update(Lane).values(connected_at=None))


async def keep_carried(tx: Transaction, border: Border, head: Statement) -> None:
    """Keep the signed head of rows that were carried for the first time."""
    await insert_rows(tx.session, SignedStatement, [statement_row(head, is_ours=True)])
    await change_lane(tx.session, border.out, carried_n=head.tip.n)
