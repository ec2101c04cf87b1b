"""Lists of items: who sees which, in what order, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select

from services.kernel.language.actor import Actor
from services.kernel.language.moments import read_moment
from services.kernel.language.vocabulary import InfoType, ReviewStatus
from services.kernel.runtime.paging import decode_cursor, encode_cursor
from services.kernel.runtime.readable import ReadableColumns, readable_by, readable_in_office, readable_in_unit
from services.kernel.runtime.session import AsyncSession
from services.review.model import ReviewItem
from services.review.model.item import ForwardMark
from services.review.policy.permission import WITH_OFFICE
from services.review.store.items import ITEM_TEXT

WAITING_STATES = (
    ReviewStatus.TO_CHECK,
    ReviewStatus.TO_SIGN,
    ReviewStatus.OPEN,
    ReviewStatus.KEPT,
    ReviewStatus.SELECTED,
)


@dataclass(frozen=True, kw_only=True)
class ItemFilter:
    """What a list is narrowed to; empty fields narrow nothing."""

    statuses: Sequence[ReviewStatus] = ()
    query: str = ""
    unit_id: UUID | None = None
    info_type: InfoType | None = None
    forward: ForwardMark | None = None
    with_questions: bool = False

    @property
    def goes_by_target_time(self) -> bool:
        """Whether rows still wait, so that the earliest target time comes first; else the newest does."""
        return bool(self.statuses) and all(status in WAITING_STATES for status in self.statuses)


@dataclass(frozen=True)
class ItemPage:
    """One page of a list and the cursor of the next, empty at the end."""

    items: list[ReviewItem]
    next: str | None


def _is_author(officer_id: UUID) -> sa.ColumnElement[bool]:
    submitted_by = sa.type_coerce(col(ReviewItem.submitted_by), sa.JSON)
    return submitted_by["officer_id"].as_string() == str(officer_id)


_COLUMNS = ReadableColumns(
    unit_id=col(ReviewItem.unit_id),
    is_urgent=col(ReviewItem.info_type) == InfoType.EMERGENCY,
    is_handed_in=sa.true(),
    is_in_office=col(ReviewItem.is_here).is_(True) & col(ReviewItem.status).in_(WITH_OFFICE),
    is_author=_is_author,
)


def office_items(actor: Actor) -> sa.ColumnElement[bool]:
    """What has come to this node's office and the officer may read there."""
    return readable_in_office(actor, _COLUMNS)


def unit_items(actor: Actor) -> sa.ColumnElement[bool]:
    """What the officer's own unit wrote and he may read."""
    return readable_in_unit(actor, _COLUMNS)


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition under which an officer sees an item, the same rule as `policy.may_read`."""
    return readable_by(actor, _COLUMNS)


async def list_items(
    session: AsyncSession, seen: sa.ColumnElement[bool], wanted: ItemFilter, *, cursor: str = "", limit: int = 50
) -> ItemPage:
    """A page of what the officer sees, most pressing first or newest first."""
    query = select(ReviewItem).where(seen, *await _conditions(session, wanted))
    query = _after(query, wanted, cursor).limit(limit + 1)
    items = list((await session.exec(query)).all())
    if len(items) <= limit:
        return ItemPage(items, None)
    return ItemPage(items[:limit], _cursor_of(items[limit - 1], wanted))


async def count_items(session: AsyncSession, seen: sa.ColumnElement[bool], wanted: ItemFilter) -> int:
    """How many items a list holds."""
    query = select(func.count()).select_from(ReviewItem).where(seen, *await _conditions(session, wanted))
    return (await session.exec(query)).one()


async def count_by_status(session: AsyncSession, seen: sa.ColumnElement[bool]) -> dict[ReviewStatus, int]:
    """How many items the officer sees in each state."""
    query = select(ReviewItem.status, func.count()).where(seen).group_by(col(ReviewItem.status))
    return {ReviewStatus(status): number for status, number in (await session.exec(query)).all()}


async def list_senders(session: AsyncSession, seen: sa.ColumnElement[bool]) -> list[tuple[UUID, str]]:
    """Units whose items the officer sees, by name, for a filter."""
    query = select(ReviewItem.unit_id, ReviewItem.unit_name).where(seen).distinct().order_by(col(ReviewItem.unit_name))
    return [(unit_id, name) for unit_id, name in await session.exec(query)]


async def _conditions(session: AsyncSession, wanted: ItemFilter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.statuses:
        conditions.append(col(ReviewItem.status).in_(wanted.statuses))
    if wanted.unit_id:
        conditions.append(col(ReviewItem.unit_id) == wanted.unit_id)
    if wanted.info_type:
        conditions.append(col(ReviewItem.info_type) == wanted.info_type)
    if wanted.forward:
        conditions.append(col(ReviewItem.forward) == wanted.forward)
    if wanted.with_questions:
        conditions.append(col(ReviewItem.open_questions) > 0)
    if wanted.query.strip():
        conditions.append(await ITEM_TEXT.matching(session, wanted.query, col(ReviewItem.origin_id)))
    return conditions


def _after(query: Any, wanted: ItemFilter, cursor: str) -> Any:
    column = col(ReviewItem.handle_by) if wanted.goes_by_target_time else col(ReviewItem.touched_at)
    place = sa.tuple_(column, col(ReviewItem.origin_id))
    if wanted.goes_by_target_time:
        query = query.order_by(column, col(ReviewItem.origin_id))
        return query.where(place > _read_cursor(cursor)) if cursor else query
    query = query.order_by(column.desc(), col(ReviewItem.origin_id).desc())
    return query.where(place < _read_cursor(cursor)) if cursor else query


def _cursor_of(item: ReviewItem, wanted: ItemFilter) -> str:
    at = item.handle_by if wanted.goes_by_target_time else item.touched_at
    return encode_cursor([at.isoformat(), str(item.origin_id)])


def _read_cursor(cursor: str) -> Any:
    values = decode_cursor(cursor, read_moment, UUID)
    return sa.tuple_(
        sa.literal(values[0], col(ReviewItem.touched_at).type), sa.literal(values[1], col(ReviewItem.origin_id).type)
    )
