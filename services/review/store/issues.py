"""Periodicals, issues and the places of items in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select, update

from services.kernel.language.refusal import NotFound
from services.kernel.runtime.pages.paging import Filled, Order, Orders, Part, order_named
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import Adoption, AdoptionStatus, Issue, IssueStatus, Periodical, ReviewItem, Series
from services.review.store.items import current_text

SIGNED_ORDERS: Orders = {
    "signed": Order(Filled(col(Issue.signed_at)), col(Issue.issue_id), is_falling=True),
    "number": Order(
        Filled(col(Issue.year)), Filled(col(Issue.number), instead=0), col(Issue.issue_id), is_falling=True
    ),
}
"""Of the signed ones alone, which have their time and year; of two with one number the second has none."""
_NEWEST = Order(col(Issue.issue_id), is_falling=True)
LIVE = (AdoptionStatus.SELECTED, AdoptionStatus.ADOPTED)


class IssueNotFound(NotFound):
    """没有找到这一期刊物。"""

    code = "issue_not_found"
    message = "没有找到这一期刊物。"


class PeriodicalNotFound(NotFound):
    """没有找到这个刊物。"""

    code = "periodical_not_found"
    message = "没有找到这个刊物，或它已停刊。"


async def list_periodicals(session: AsyncSession, *, active_only: bool = True) -> list[Periodical]:
    """The node's periodicals, oldest first."""
    query = select(Periodical).order_by(col(Periodical.created_at), col(Periodical.periodical_id))
    if active_only:
        query = query.where(col(Periodical.is_active))
    return list((await session.exec(query)).all())


async def lock_periodical(session: AsyncSession, periodical_id: UUID) -> Periodical:
    """The periodical, held so that its issues and numbers are given one at a time.

    Raises:
        PeriodicalNotFound: Unknown or no longer in use.
    """
    periodical = await session.get(Periodical, periodical_id, with_for_update=True)
    if periodical is None or not periodical.is_active:
        raise PeriodicalNotFound
    return periodical


async def find_issue(session: AsyncSession, issue_id: UUID) -> Issue:
    """The issue.

    Raises:
        IssueNotFound: Unknown.
    """
    issue = await session.get(Issue, issue_id)
    if issue is None:
        raise IssueNotFound
    return issue


async def lock_issue(session: AsyncSession, issue_id: UUID) -> Issue:
    """The issue, held for a change after its periodical, so that signing and arranging queue up.

    Raises:
        IssueNotFound: Unknown.
    """
    issue = await find_issue(session, issue_id)
    await session.get(Periodical, issue.periodical_id, with_for_update=True)
    await session.refresh(issue, with_for_update=True)
    return issue


async def current_draft(session: AsyncSession, periodical_id: UUID) -> Issue | None:
    """The draft into which items are selected: the oldest regular one."""
    query = (
        select(Issue)
        .where(
            Issue.periodical_id == periodical_id,
            Issue.status == IssueStatus.DRAFT,
            Issue.series == Series.REGULAR,
        )
        .order_by(col(Issue.issue_id))
        .limit(1)
        .with_for_update()
    )
    return (await session.exec(query)).first()


async def last_number(session: AsyncSession, periodical_id: UUID, year: int, series: Series) -> int | None:
    """The highest number given in this periodical, year and series."""
    query = select(func.max(Issue.number)).where(
        Issue.periodical_id == periodical_id, Issue.year == year, Issue.series == series
    )
    return (await session.exec(query)).one()


async def number_is_free(session: AsyncSession, periodical_id: UUID, year: int, series: Series, *, number: int) -> bool:
    """Whether no issue of this periodical, year and series has the number."""
    query = select(Issue.issue_id).where(
        Issue.periodical_id == periodical_id, Issue.year == year, Issue.series == series, Issue.number == number
    )
    return (await session.exec(query.limit(1))).first() is None


async def list_issues(session: AsyncSession, *, status: IssueStatus, cursor: str = "", limit: int = 30) -> Part[Issue]:
    """A page of the issues in one state, newest first."""
    return await _NEWEST.read(session, select(Issue).where(Issue.status == status), cursor=cursor, limit=limit)


async def list_signed(
    session: AsyncSession, *, periodical_id: UUID | None = None, order: str = "", cursor: str = "", limit: int = 30
) -> Part[Issue]:
    """A page of the signed issues, of one periodical or of all; those signed last come first unless `order` says so."""
    query = select(Issue).where(Issue.status == IssueStatus.SIGNED)
    if periodical_id:
        query = query.where(Issue.periodical_id == periodical_id)
    return await order_named(SIGNED_ORDERS, order).read(session, query, cursor=cursor, limit=limit)


async def list_entries(session: AsyncSession, issue_id: UUID) -> list[tuple[Adoption, ReviewItem]]:
    """The items of an issue in their order."""
    query = (
        select(Adoption, ReviewItem)
        .join(ReviewItem, col(ReviewItem.origin_id) == col(Adoption.origin_id))
        .where(Adoption.issue_id == issue_id, col(Adoption.status).in_(LIVE))
        .order_by(col(Adoption.place), col(Adoption.adoption_id))
    )
    return [(adoption, item) for adoption, item in (await session.exec(query)).all()]


async def list_live_adoptions(session: AsyncSession, origin_id: UUID) -> list[Adoption]:
    """Where an item stands in issues, signed or not."""
    query = (
        select(Adoption)
        .where(Adoption.origin_id == origin_id, col(Adoption.status).in_(LIVE))
        .order_by(col(Adoption.selected_at), col(Adoption.adoption_id))
    )
    return list((await session.exec(query)).all())


async def count_entries(session: AsyncSession, issue_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many items each of these issues holds."""
    query = (
        select(Adoption.issue_id, func.count())
        .where(col(Adoption.issue_id).in_(issue_ids), col(Adoption.status).in_(LIVE))
        .group_by(col(Adoption.issue_id))
    )
    return dict((await session.exec(query)).all())


async def titles_of(session: AsyncSession, issue_ids: Sequence[UUID]) -> dict[UUID, tuple[Issue, Periodical]]:
    """Issue and periodical behind each id."""
    query = (
        select(Issue, Periodical)
        .join(Periodical, col(Periodical.periodical_id) == col(Issue.periodical_id))
        .where(col(Issue.issue_id).in_(issue_ids))
    )
    return {issue.issue_id: (issue, periodical) for issue, periodical in (await session.exec(query)).all()}


async def bump_drafts_with(session: AsyncSession, origin_id: UUID, now: datetime) -> None:
    """Raise the version of draft issues that hold the item: whoever looks at one sees an older text."""
    holding = select(Adoption.issue_id).where(
        Adoption.origin_id == origin_id, Adoption.status == AdoptionStatus.SELECTED
    )
    await session.execute(
        update(Issue)
        .where(col(Issue.issue_id).in_(holding), col(Issue.status) == IssueStatus.DRAFT)
        .values(version=Issue.version + 1, touched_at=now)
    )


async def next_place(session: AsyncSession, issue_id: UUID) -> int:
    """The place after the last one of an issue."""
    query = select(func.max(Adoption.place)).where(Adoption.issue_id == issue_id, col(Adoption.status).in_(LIVE))
    return ((await session.exec(query)).one() or 0) + 1


async def complete_print(session: AsyncSession, item: ReviewItem) -> None:
    """Adoptions that came back before the item's text get it now."""
    query = select(Adoption).where(
        Adoption.origin_id == item.origin_id, Adoption.status == AdoptionStatus.ADOPTED, Adoption.body == ""
    )
    text = await current_text(session, item)
    for adoption in (await session.exec(query)).all():
        adoption.title, adoption.body = adoption.title or text.title, text.body
        session.add(adoption)


async def find_unsigned_namesake(session: AsyncSession, title: str) -> Periodical | None:
    """A periodical of this title of which no issue went out from this database."""
    signed = select(Issue.periodical_id).where(Issue.status == IssueStatus.SIGNED)
    query = select(Periodical).where(Periodical.title == title, col(Periodical.periodical_id).not_in(signed))
    return (await session.exec(query.order_by(col(Periodical.created_at)).limit(1).with_for_update())).first()


async def give_periodical_id(session: AsyncSession, periodical: Periodical, periodical_id: UUID) -> None:
    """The id that facts know the periodical by, also in its drafts."""
    old = periodical.periodical_id
    for table in (Issue, Adoption):
        await session.execute(update(table).where(col(table.periodical_id) == old).values(periodical_id=periodical_id))
    periodical.periodical_id = periodical_id
    session.add(periodical)
    await session.flush()
