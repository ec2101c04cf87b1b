"""Queries of erasures: this node's own, and what neighbours have said about theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, union, update
from sqlmodel import col
from sqlmodel import select as select_rows

from services.exchange.model import Erasure, ErasureSaid
from services.kernel.language.vocabulary import ErasureStage
from services.kernel.runtime.pages.paging import Order, Orders, Part, order_named
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import COUNTER, INBOX_CURSOR

ERASED, DECLINED = "erased", "declined"
"""What was answered to a neighbour that asked."""
ERASURE_ORDERS: Orders = {
    "newest": Order(col(Erasure.decided_at), col(Erasure.origin_id), is_falling=True),
    "oldest": Order(col(Erasure.decided_at), col(Erasure.origin_id)),
    "by": Order(col(Erasure.decided_by), col(Erasure.origin_id)),
}
_IS_OPEN = (col(ErasureSaid.is_declined).is_(False), col(ErasureSaid.answer) == "")


async def find_erasure(session: AsyncSession, origin_id: UUID, *, to_change: bool = False) -> Erasure | None:
    """This node's erasure of an item, locked until the commit when it is to be changed."""
    return await session.get(Erasure, str(origin_id), with_for_update=to_change or None, populate_existing=to_change)


async def find_by_ending(session: AsyncSession, ending: str) -> UUID | None:
    """The one item known to the exchange whose number ends so; None when there is none, or more than one."""
    keys = [select(table.c.key).where(table.c.key.like(f"%-{ending}")) for table in (COUNTER, INBOX_CURSOR)]
    found = (await session.execute(union(*keys).limit(2))).scalars().all()
    return UUID(found[0]) if len(found) == 1 else None


async def next_unfinished(session: AsyncSession) -> Erasure | None:
    """The oldest erasure that is not carried out yet."""
    query = select(Erasure).where(col(Erasure.stage) != ErasureStage.DONE).order_by(col(Erasure.decided_at)).limit(1)
    return (await session.execute(query)).scalars().first()


async def list_erasures(session: AsyncSession, *, order: str = "", cursor: str = "", limit: int = 50) -> Part[Erasure]:
    """A page of this node's erasures, the newest first unless `order` says so."""
    return await order_named(ERASURE_ORDERS, order).read(session, select_rows(Erasure), cursor=cursor, limit=limit)


async def find_said(
    session: AsyncSession, origin_id: UUID, peer: str, *, to_change: bool = False
) -> ErasureSaid | None:
    """What a neighbour has said about an item."""
    place = (str(origin_id), peer)
    return await session.get(ErasureSaid, place, with_for_update=to_change or None, populate_existing=to_change)


async def list_said(session: AsyncSession, origin_ids: Sequence[str]) -> Sequence[ErasureSaid]:
    """What neighbours have said about these items."""
    query = select(ErasureSaid).where(col(ErasureSaid.origin_id).in_(origin_ids)).order_by(col(ErasureSaid.at))
    return (await session.execute(query)).scalars().all()


async def list_requests(session: AsyncSession, *, limit: int = 100) -> Sequence[ErasureSaid]:
    """What neighbours ask for and nobody has answered, the oldest first."""
    query = select(ErasureSaid).where(*_IS_OPEN).order_by(col(ErasureSaid.arrived_at)).limit(limit)
    return (await session.execute(query)).scalars().all()


async def count_requests(session: AsyncSession) -> int:
    """How many requests nobody has answered."""
    query = select(func.count()).select_from(ErasureSaid).where(*_IS_OPEN)
    return int((await session.execute(query)).scalar_one())


async def answer_requests(session: AsyncSession, origin_id: UUID, *, by: str, now: datetime) -> None:
    """The item is erased here: that answers every neighbour who asked."""
    change = update(ErasureSaid).where(col(ErasureSaid.origin_id) == str(origin_id), *_IS_OPEN)
    await session.execute(change.values(answer=ERASED, answered_by=by, answered_at=now))
