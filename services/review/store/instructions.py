"""Instructions across items."""

from __future__ import annotations

from sqlmodel import col, select

from services.kernel.runtime.pages.paging import Order, Orders, Part, order_named
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import Instruction, ReviewItem

INSTRUCTION_ORDERS: Orders = {
    "recorded": Order(col(Instruction.instruction_id), is_falling=True),
    "given": Order(col(Instruction.given_on), col(Instruction.instruction_id), is_falling=True),
    "leader": Order(col(Instruction.leader_name), col(Instruction.instruction_id)),
}


async def list_instructed(
    session: AsyncSession, *, order: str = "", cursor: str = "", limit: int = 30
) -> Part[tuple[Instruction, ReviewItem]]:
    """A page of the instructions on items that are at this office, newest first unless `order` says so."""
    query = (
        select(Instruction, ReviewItem)
        .join(ReviewItem, col(ReviewItem.origin_id) == col(Instruction.origin_id))
        .where(col(ReviewItem.is_here))
    )
    return await order_named(INSTRUCTION_ORDERS, order).read(
        session, query, cursor=cursor, limit=limit, of=lambda row: row[0]
    )
