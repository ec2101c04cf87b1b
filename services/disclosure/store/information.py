"""Texts in preparation: one with all that hangs on it, lists, counts and the search index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from services.disclosure.model import FileText, Information, InformationFile, PublicInformation, Review, Step
from services.kernel.language.vocabulary import InformationStatus
from services.kernel.runtime.pages.paging import Order, Orders, Part, order_named
from services.kernel.runtime.storing.search import TextIndex
from services.kernel.runtime.storing.session import AsyncSession

TEXT_INDEX = TextIndex("disclosure_text")
ORDERS: Orders = {
    "touched": Order(col(Information.touched_at), col(Information.information_id), is_falling=True),
    "created": Order(col(Information.created_at), col(Information.information_id), is_falling=True),
    "title": Order(col(Information.title), col(Information.information_id)),
    "category": Order(col(Information.category_id), col(Information.information_id)),
}


async def find_information(session: AsyncSession, information_id: UUID) -> Information | None:
    """The text as it stands."""
    return await session.get(Information, information_id)


async def lock_information(session: AsyncSession, information_id: UUID) -> Information | None:
    """The text, held until the commit against a second writer."""
    await session.flush()
    return await session.get(Information, information_id, with_for_update=True, populate_existing=True)


async def list_files(session: AsyncSession, information_id: UUID) -> list[InformationFile]:
    """The text's files, in the order in which they were added."""
    query = select(InformationFile).where(InformationFile.information_id == information_id)
    return list(await session.exec(query.order_by(col(InformationFile.added_at), col(InformationFile.attachment_id))))


async def list_file_texts(session: AsyncSession, information_id: UUID) -> list[str]:
    """The texts that were found in the text's files."""
    return list(await session.exec(select(FileText.text).where(FileText.information_id == information_id)))


async def list_unexamined(session: AsyncSession, rules: str, limit: int = 20) -> list[InformationFile]:
    """Files of texts that are not out yet and that were not examined under these rules, oldest first."""
    waiting = (InformationStatus.DRAFT, InformationStatus.IN_REVIEW, InformationStatus.APPROVED)
    query = (
        select(InformationFile)
        .join(Information, col(Information.information_id) == InformationFile.information_id)
        .where(InformationFile.examined_with != rules, col(Information.status).in_(waiting))
        .order_by(col(InformationFile.added_at), col(InformationFile.attachment_id))
    )
    return list(await session.exec(query.limit(limit)))


async def list_reviews(session: AsyncSession, information_id: UUID) -> list[Review]:
    """The text's reviews, newest last."""
    query = select(Review).where(Review.information_id == information_id)
    return list(await session.exec(query.order_by(col(Review.reviewed_at), col(Review.review_id))))


async def list_steps(session: AsyncSession, information_id: UUID) -> list[Step]:
    """The text's history, newest last."""
    query = select(Step).where(Step.information_id == information_id)
    return list(await session.exec(query.order_by(col(Step.id))))


async def list_of_item(session: AsyncSession, unit_id: UUID, origin_id: UUID) -> list[Information]:
    """The public texts that a unit made from one internal item."""
    query = select(Information).where(Information.publisher_org_id == unit_id, Information.origin_id == origin_id)
    return list(await session.exec(query.order_by(col(Information.created_at))))


@dataclass(frozen=True)
class Listing:
    """Which texts of a unit are wanted: by status, by words, in which of `ORDERS`, and after which row."""

    unit_id: UUID
    status: InformationStatus | None = None
    query: str = ""
    order: str = ""
    cursor: str = ""
    limit: int = 50


async def list_information(session: AsyncSession, listing: Listing) -> Part[Information]:
    """A page of a unit's texts.

    Raises:
        CursorUnreadable: The cursor is none of this order.
    """
    query = select(Information).where(Information.publisher_org_id == listing.unit_id)
    if listing.status is not None:
        query = query.where(Information.status == listing.status)
    if listing.query.strip():
        query = query.where(await TEXT_INDEX.matching(session, listing.query, Information.information_id))
    order = order_named(ORDERS, listing.order)
    return await order.read(session, query, cursor=listing.cursor, limit=listing.limit)


async def count_by_status(session: AsyncSession, unit_id: UUID | None) -> dict[InformationStatus, int]:
    """How many texts of a unit stand where, of all units for None; statuses without any are left out."""
    query = select(Information.status, func.count()).where(*_issued_by(unit_id)).group_by(Information.status)
    return {InformationStatus(status): count for status, count in (await session.exec(query)).all()}


async def oldest_touched(session: AsyncSession, unit_id: UUID | None, status: InformationStatus) -> datetime | None:
    """Since when the longest waiting text of a status has been waiting, of a unit or for None of all."""
    query = select(func.min(Information.touched_at)).where(Information.status == status, *_issued_by(unit_id))
    return (await session.exec(query)).one()


async def list_oldest(
    session: AsyncSession, unit_id: UUID, status: InformationStatus, *, limit: int
) -> list[Information]:
    """A unit's texts of a status, the longest waiting first."""
    query = select(Information).where(Information.status == status, *_issued_by(unit_id))
    return list(await session.exec(query.order_by(col(Information.touched_at)).limit(limit)))


async def count_returned(session: AsyncSession, unit_id: UUID, since: datetime) -> int:
    """How many drafts of a unit a reviewer has sent back since a time; older ones were left as they are."""
    query = select(func.count()).where(
        Information.publisher_org_id == unit_id,
        Information.status == InformationStatus.DRAFT,
        col(Information.outcome).is_not(None),
        col(Information.touched_at) >= since,
    )
    return (await session.exec(query)).one()


async def list_unpublished(session: AsyncSession, limit: int = 1000) -> list[Information]:
    """Texts that are meant for everybody and are not out yet, longest formed first."""
    waiting = (InformationStatus.DRAFT, InformationStatus.IN_REVIEW, InformationStatus.APPROVED)
    query = select(Information).where(
        col(Information.status).in_(waiting),
        Information.attribute == "proactive",
        col(Information.formed_on).is_not(None),
    )
    return list(await session.exec(query.order_by(col(Information.formed_on)).limit(limit)))


async def index_no_is_taken(session: AsyncSession, index_no: str) -> bool:
    """Whether an index number was given before, perhaps under another template."""
    inside = select(Information.information_id).where(Information.index_no == index_no)
    public = select(PublicInformation.information_id).where(PublicInformation.index_no == index_no)
    return (await session.exec(inside.union(public))).first() is not None


async def put_in_index(session: AsyncSession, information: Information) -> None:
    """Make the text found by what it says now."""
    words = (information.title, information.summary, information.body, information.document_no, *information.keywords)
    await TEXT_INDEX.put(session, information.information_id, "\n".join((*words, information.index_no or "")))


def _issued_by(unit_id: UUID | None) -> list[ColumnElement[bool]]:
    return [] if unit_id is None else [col(Information.publisher_org_id) == unit_id]
