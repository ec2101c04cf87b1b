"""The figures behind review's gauges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from services.kernel.language.vocabulary import InfoType, ReviewStatus
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import ReviewItem

OWED = (ReviewStatus.TO_CHECK, ReviewStatus.TO_SIGN, ReviewStatus.OPEN)


@dataclass(frozen=True)
class QueueFigures:
    """Items by owed state, the arrival of the oldest open one, and open ones past their target time."""

    waiting: dict[ReviewStatus, int]
    oldest_arrival: datetime | None
    overdue_urgent: int
    overdue_routine: int


async def queue_figures(session: AsyncSession, now: datetime) -> QueueFigures:
    """Count what waits."""
    by_status = (
        select(ReviewItem.status, func.count()).where(col(ReviewItem.status).in_(OWED)).group_by(col(ReviewItem.status))
    )
    counted = dict((await session.exec(by_status)).all())
    is_open = col(ReviewItem.status) == ReviewStatus.OPEN
    oldest = (await session.exec(select(func.min(ReviewItem.arrived_at)).where(is_open))).one()
    is_urgent = col(ReviewItem.info_type) == InfoType.EMERGENCY
    late = select(is_urgent, func.count()).where(is_open, col(ReviewItem.handle_by) < now).group_by(is_urgent)
    overdue = {bool(urgent): number for urgent, number in (await session.exec(late)).all()}
    return QueueFigures(
        {status: counted.get(status, 0) for status in OWED}, oldest, overdue.get(True, 0), overdue.get(False, 0)
    )
