"""Instructions across items."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from services.kernel.runtime.paging import decode_cursor
from services.kernel.runtime.session import AsyncSession
from services.review.model import Instruction, ReviewItem


async def list_instructed(
    session: AsyncSession, *, cursor: str = "", limit: int = 30
) -> list[tuple[Instruction, ReviewItem]]:
    """Instructions on items that are at this office, newest first, by keyset."""
    query = (
        select(Instruction, ReviewItem)
        .join(ReviewItem, col(ReviewItem.origin_id) == col(Instruction.origin_id))
        .where(col(ReviewItem.is_here))
        .order_by(col(Instruction.instruction_id).desc())
        .limit(limit)
    )
    if cursor:
        query = query.where(col(Instruction.instruction_id) < decode_cursor(cursor, UUID)[0])
    return [(instruction, item) for instruction, item in (await session.exec(query)).all()]
