"""Rows of the exchange that need not be kept: bytes of old facts, statements that later ones stand for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from services.exchange.model import Arrival, Dispatch, Lane, SignedStatement
from services.exchange.policy.chain import Chain
from services.exchange.policy.signature import Kind
from services.exchange.store.ledger import Ledger
from services.kernel.runtime.storing.session import AsyncSession


async def old_numbers(
    session: AsyncSession, lane: Lane, *, epoch: int, after: int, before: datetime, limit: int
) -> list[int]:
    """Numbers of the next rows of a lane's epoch that are older than an instant and settled on both sides."""
    ledger = _ledger(lane)
    query = (
        select(ledger.n)
        .where(ledger.link == lane.link, ledger.lane == lane.lane, ledger.epoch == epoch)
        .where(ledger.n > after, ledger.at < before)
        .order_by(ledger.n)
        .limit(limit)
    )
    if lane.is_out and epoch == lane.epoch:
        query = query.where(ledger.n <= lane.receipted_n)
    return list((await session.execute(query)).scalars())


async def empty_rows(session: AsyncSession, lane: Lane, *, epoch: int, numbers: list[int]) -> None:
    """Remove bytes and salt of these rows; digest and hash stay, so that the chain still verifies."""
    ledger = _ledger(lane)
    within = (ledger.link == lane.link, ledger.lane == lane.lane, ledger.epoch == epoch)
    change = update(ledger).where(*within, ledger.n >= numbers[0], ledger.n <= numbers[-1])
    await session.execute(change.values(salt=None, body=None))


async def old_statements(
    session: AsyncSession, chain: Chain, *, kind: Kind, epoch: int, is_ours: bool, after: int, limit: int
) -> list[Any]:
    """The next statements of one kind about a chain's epoch, with their times, by the number they speak of."""
    query = (
        select(SignedStatement.id, SignedStatement.n, SignedStatement.at)
        .where(SignedStatement.link == chain.link, SignedStatement.lane == chain.lane)
        .where(SignedStatement.kind == kind.value, SignedStatement.epoch == epoch, SignedStatement.n > after)
        .where(SignedStatement.is_ours.is_(is_ours))
        .order_by(SignedStatement.n, SignedStatement.id)
        .limit(limit)
    )
    return list(await session.execute(query))


async def delete_statements(session: AsyncSession, ids: list[int]) -> None:
    """Delete these statements."""
    await session.execute(delete(SignedStatement).where(SignedStatement.id.in_(ids)))


def _ledger(lane: Lane) -> Ledger:
    return Dispatch if lane.is_out else Arrival
