"""Proposals to forward across items."""

from __future__ import annotations

from sqlmodel import col, select

from services.kernel.runtime.pages.paging import Order, Part
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import Forward, ReviewItem
from services.review.model.passage import ProposalState

_OLDEST = Order(col(Forward.proposed_at), col(Forward.forward_id))


async def list_proposed(session: AsyncSession, *, cursor: str, limit: int) -> Part[tuple[Forward, ReviewItem]]:
    """A page of the proposals that nobody has signed or withdrawn, oldest first."""
    query = (
        select(Forward, ReviewItem)
        .join(ReviewItem, col(ReviewItem.origin_id) == col(Forward.origin_id))
        .where(Forward.state == ProposalState.PROPOSED)
    )
    return await _OLDEST.read(session, query, cursor=cursor, limit=limit, of=lambda row: row[0])
