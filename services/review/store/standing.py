"""An item as policy sees it."""

from __future__ import annotations

from dataclasses import replace

from services.kernel.runtime.heard.organisation import list_peers
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import ReviewItem
from services.review.model.item import ForwardMark
from services.review.model.passage import ProposalState
from services.review.policy import ForwardState, Standing
from services.review.store.issues import list_periodicals
from services.review.store.items import latest_forward


def standing_of(item: ReviewItem) -> Standing:
    """What permission needs to know of an item; what blockers ask besides comes with `full_standing`."""
    return Standing(
        status=item.status,
        unit_id=item.unit_id,
        info_type=item.info_type,
        is_here=item.is_here,
        is_received=item.received_at is not None,
        submitted_by=item.submitted_by.officer_id if item.submitted_by else None,
        checked_by=item.checked_by.officer_id if item.checked_by else None,
        open_questions=item.open_questions,
        forward=ForwardState(item.forward.value),
    )


async def full_standing(session: AsyncSession, item: ReviewItem) -> Standing:
    """The standing with what the offers ask of the surroundings: superior, periodicals, proposal."""
    proposal = None
    if item.forward is ForwardMark.PROPOSED:
        proposal = await latest_forward(session, item.origin_id, ProposalState.PROPOSED)
    return replace(
        standing_of(item),
        proposed_by=proposal.proposed_by.officer_id if proposal else None,
        has_superior=bool(await list_peers(session, direction="superior")),
        has_periodical=bool(await list_periodicals(session)),
    )
