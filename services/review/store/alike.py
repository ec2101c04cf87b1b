"""The texts of other items that came to the office lately, to be compared with one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, func, select

from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import ReviewItem, SentVersion

WITHIN = timedelta(days=30)
MOST_COMPARED = 60
"""Items: a comparison of as many takes a tenth of a second."""


async def recent_texts(
    session: AsyncSession, seen: sa.ColumnElement[bool], item: ReviewItem, *, now: datetime
) -> Sequence[tuple[ReviewItem, SentVersion]]:
    """The newest version of each other item that the reader sees in the office and that came within a month, newest first."""
    recent = (
        select(ReviewItem.origin_id)
        .where(seen, ReviewItem.origin_id != item.origin_id, col(ReviewItem.touched_at) >= now - WITHIN)
        .order_by(col(ReviewItem.touched_at).desc())
        .limit(MOST_COMPARED)
    )
    place = func.row_number().over(
        partition_by=col(SentVersion.origin_id),
        order_by=(col(SentVersion.version).desc(), col(SentVersion.hop).desc(), col(SentVersion.attempt).desc()),
    )
    newest = select(SentVersion.sent_id, place.label("place")).where(col(SentVersion.origin_id).in_(recent)).subquery()
    query = (
        select(ReviewItem, SentVersion)
        .join(SentVersion, col(SentVersion.origin_id) == col(ReviewItem.origin_id))
        .join(newest, sa.and_(newest.c.sent_id == SentVersion.sent_id, newest.c.place == 1))
        .order_by(col(ReviewItem.touched_at).desc())
    )
    return list((await session.exec(query)).all())
