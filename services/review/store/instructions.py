"""Instructions across items."""

from __future__ import annotations

from sqlmodel import col, select

from services.kernel.runtime.pages.paging import Order, Part
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import Instruction, ReviewItem

_NEWEST = Order(col(Instruction.instruction_id), is_falling=True)


async def list_instructed(
    session: AsyncSession, *, cursor: str = "", limit: int = 30
) -> Part[tuple[Instruction, ReviewItem]]:
    """A page of the instructions on items that are at this office, newest first."""
    query = (
        select(Instruction, ReviewItem)
        .join(ReviewItem, col(ReviewItem.origin_id) == col(Instruction.origin_id))
        .where(col(ReviewItem.is_here))
    )
    return await _NEWEST.read(session, query, cursor=cursor, limit=limit, of=lambda row: row[0])
