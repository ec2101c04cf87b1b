"""Lists of items: who sees which, in what order, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select

from services.kernel.language.actor import Actor
from services.kernel.language.vocabulary import InfoType, ReviewStatus
from services.kernel.runtime.pages.paging import Order, Orders, Part
from services.kernel.runtime.pages.readable import ReadableColumns, readable_by, readable_in_office, readable_in_unit
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import ReviewItem
from services.review.model.item import ForwardMark
from services.review.policy.permission import WITH_OFFICE
from services.review.store.items import ITEM_TEXT

ORDERS: Orders = {
    "due": Order(col(ReviewItem.handle_by), col(ReviewItem.origin_id)),
    "touched": Order(col(ReviewItem.touched_at), col(ReviewItem.origin_id), is_falling=True),
    "arrived": Order(col(ReviewItem.arrived_at), col(ReviewItem.origin_id), is_falling=True),
    "unit": Order(col(ReviewItem.unit_name), col(ReviewItem.origin_id)),
    "title": Order(col(ReviewItem.title), col(ReviewItem.origin_id)),
}

WAITING_STATES = (
    ReviewStatus.TO_CHECK,
    ReviewStatus.TO_SIGN,
    ReviewStatus.OPEN,
    ReviewStatus.KEPT,
    ReviewStatus.SELECTED,
)


@dataclass(frozen=True, kw_only=True)
class ItemFilter:
    """What a list is narrowed to, and in which of `ORDERS`; empty fields narrow nothing."""

    statuses: Sequence[ReviewStatus] = ()
    query: str = ""
    unit_id: UUID | None = None
    info_type: InfoType | None = None
    forward: ForwardMark | None = None
    with_questions: bool = False
    order: str = ""

    @property
    def goes_by_target_time(self) -> bool:
        """Whether rows still wait, so that the earliest target time comes first; else the newest does."""
        is_waiting = bool(self.statuses) and all(status in WAITING_STATES for status in self.statuses)
        return is_waiting and (self.order == "due" or self.order not in ORDERS)


EVERYTHING = ItemFilter()


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
) -> Part[ReviewItem]:
    """A page of what the officer sees, unless asked otherwise most pressing first or newest first."""
    query = select(ReviewItem).where(seen, *await _conditions(session, wanted))
    order = ORDERS.get(wanted.order) or ORDERS["due" if wanted.goes_by_target_time else "touched"]
    return await order.read(session, query, cursor=cursor, limit=limit)


async def find_seen(session: AsyncSession, seen: sa.ColumnElement[bool], origin_id: UUID) -> ReviewItem | None:
    """The item, if the officer sees it."""
    return (await session.exec(select(ReviewItem).where(seen, col(ReviewItem.origin_id) == origin_id))).first()


async def count_items(session: AsyncSession, seen: sa.ColumnElement[bool], wanted: ItemFilter) -> int:
    """How many items a list holds."""
    query = select(func.count()).select_from(ReviewItem).where(seen, *await _conditions(session, wanted))
    return (await session.exec(query)).one()


async def count_by_status(
    session: AsyncSession, seen: sa.ColumnElement[bool], wanted: ItemFilter = EVERYTHING
) -> dict[ReviewStatus, int]:
    """How many of the items that the officer sees, and that are wanted, are in each state."""
    conditions = await _conditions(session, wanted)
    query = select(ReviewItem.status, func.count()).where(seen, *conditions).group_by(col(ReviewItem.status))
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
