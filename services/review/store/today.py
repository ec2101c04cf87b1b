"""What the day has brought: arrivals and decisions counted, what falls due, and what others did with the office's items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, func, select

from services.kernel.language.events.review import InstructionRecorded, SubmissionAdopted, SubmissionReturned
from services.kernel.language.vocabulary import ReviewStatus
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import HistoryRow, ReviewItem

LINES_LOOKED_AT = 300

_TOLD = (SubmissionAdopted.TYPE, InstructionRecorded.TYPE, SubmissionReturned.TYPE)
_TAKEN = (ReviewStatus.SELECTED, ReviewStatus.ADOPTED)


async def count_day(session: AsyncSession, seen: sa.ColumnElement[bool], *, since: datetime) -> dict[str, int]:
    """How many items came since, were decided on, taken and returned, by label."""
    arrived = func.sum(sa.case((col(ReviewItem.arrived_at) >= since, 1), else_=0))
    decided = func.sum(sa.case((col(ReviewItem.decided_at) >= since, 1), else_=0))
    query = (
        select(ReviewItem.status, arrived, decided)
        .where(seen, col(ReviewItem.status).in_(list(ReviewStatus)), col(ReviewItem.touched_at) >= since)
        .group_by(col(ReviewItem.status))
    )
    found = {ReviewStatus(status): (came, done) for status, came, done in await session.exec(query)}
    return {
        "今日到稿": sum(came for came, _ in found.values()),
        "已办": sum(done for _, done in found.values()),
        "采用": sum(found.get(status, (0, 0))[1] for status in _TAKEN),
        "退回": found.get(ReviewStatus.RETURNED, (0, 0))[1],
    }


async def count_due(session: AsyncSession, seen: sa.ColumnElement[bool], *, before: datetime) -> int:
    """How many open items are to be dealt with before a time."""
    due = (col(ReviewItem.status) == ReviewStatus.OPEN, col(ReviewItem.handle_by) <= before)
    return (await session.exec(select(func.count()).select_from(ReviewItem).where(seen, *due))).one()


async def list_news(
    session: AsyncSession, seen: sa.ColumnElement[bool], *, own_node: str, limit: int = 6
) -> Sequence[tuple[HistoryRow, ReviewItem]]:
    """The last lines that other offices added to what the reader sees, of the newest few hundred, newest first."""
    newest = select(HistoryRow.id).order_by(col(HistoryRow.id).desc()).limit(LINES_LOOKED_AT).subquery()
    query = (
        select(HistoryRow, ReviewItem)
        .join(newest, newest.c.id == HistoryRow.id)
        .join(ReviewItem, col(ReviewItem.origin_id) == col(HistoryRow.origin_id))
        .where(seen, col(HistoryRow.type).in_(_TOLD), HistoryRow.node != own_node)
        .order_by(col(HistoryRow.id).desc())
        .limit(limit)
    )
    return list((await session.exec(query)).all())
