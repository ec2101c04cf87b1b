"""Proposals to forward across items."""

from __future__ import annotations

from sqlmodel import col, select

from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import Forward, ReviewItem
from services.review.model.passage import ProposalState


async def list_proposed(session: AsyncSession, *, limit: int = 100) -> list[tuple[Forward, ReviewItem]]:
    """Proposals that nobody has signed or withdrawn, oldest first."""
    query = (
        select(Forward, ReviewItem)
        .join(ReviewItem, col(ReviewItem.origin_id) == col(Forward.origin_id))
        .where(Forward.state == ProposalState.PROPOSED)
        .order_by(col(Forward.proposed_at), col(Forward.forward_id))
        .limit(limit)
    )
    return [(forward, item) for forward, item in (await session.exec(query)).all()]
