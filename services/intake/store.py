"""Queries of intake: an item with all that hangs on it, lists, counts and the search index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, false, func, or_
from sqlmodel import col, select

from services.intake.model import Attachment, EditionCopy, HistoryRow, Question, Submission
from services.kernel.language.actor import Actor
from services.kernel.language.events.intake import SubmissionAmended, SubmissionSubmitted
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAdopted,
    SubmissionDeclined,
    SubmissionReturned,
)
from services.kernel.language.moments import age_s
from services.kernel.language.vocabulary import InfoType, IntakeStatus
from services.kernel.runtime.pages.paging import Order, Orders, Part, order_named
from services.kernel.runtime.pages.readable import ReadableColumns, readable_in_unit
from services.kernel.runtime.passage import asking, noting
from services.kernel.runtime.storing.search import TextIndex
from services.kernel.runtime.storing.session import AsyncSession

TEXT_INDEX = TextIndex("intake_text")

ORDERS: Orders = {
    "touched": Order(col(Submission.touched_at), col(Submission.origin_id), is_falling=True),
    "created": Order(col(Submission.created_at), col(Submission.origin_id), is_falling=True),
    "title": Order(col(Submission.title), col(Submission.origin_id)),
}

# How long an item that was reported may go without the receiver's receipt before it is called 未送达.
DELIVERY_GRACE = timedelta(seconds=5)

_NEWEST = 20
_NEWS = tuple(fact.TYPE for fact in (SubmissionAdopted, SubmissionDeclined, SubmissionReturned, InstructionRecorded))


async def find_submission(session: AsyncSession, origin_id: UUID) -> Submission | None:
    """The item, discarded drafts included."""
    return await session.get(Submission, origin_id)


async def lock_submission(session: AsyncSession, origin_id: UUID) -> Submission | None:
    """The item, held until the commit against a second writer."""
    await session.flush()  # what this transaction changed must not be read over
    return await session.get(Submission, origin_id, with_for_update=True, populate_existing=True)


async def list_attachments(session: AsyncSession, origin_id: UUID) -> list[Attachment]:
    """The item's files, in the order in which they were added."""
    query = select(Attachment).where(Attachment.origin_id == origin_id)
    return list(await session.exec(query.order_by(col(Attachment.added_at), col(Attachment.attachment_id))))


async def list_history(session: AsyncSession, origin_id: UUID) -> list[HistoryRow]:
    """The item's history, newest last."""
    return await noting.list_history(session, HistoryRow, origin_id)


async def list_editions(session: AsyncSession, origin_id: UUID) -> list[EditionCopy]:
    """Copies of every edition that came here, by node and number."""
    query = select(EditionCopy).where(EditionCopy.origin_id == origin_id)
    return list(await session.exec(query.order_by(col(EditionCopy.edited_at), col(EditionCopy.number))))


async def next_edition_number(session: AsyncSession, origin_id: UUID, node: str) -> int:
    """The number under which the author's next text is handed in."""
    query = select(func.max(EditionCopy.number)).where(
        EditionCopy.origin_id == origin_id, EditionCopy.node == node, col(EditionCopy.by_author)
    )
    return ((await session.exec(query)).one() or 0) + 1


async def list_questions(session: AsyncSession, origin_id: UUID) -> list[Question]:
    """The questions to the author, oldest first."""
    return await asking.list_questions(session, Question, origin_id)


async def handing_in_is_noted(session: AsyncSession, origin_id: UUID, version: int) -> bool:
    """Whether the history says that the author handed in this version."""
    query = select(HistoryRow.id).where(
        HistoryRow.origin_id == origin_id,
        HistoryRow.version == version,
        col(HistoryRow.type).in_([SubmissionSubmitted.TYPE, SubmissionAmended.TYPE]),
    )
    return (await session.exec(query)).first() is not None


@dataclass(frozen=True)
class Listing:
    """Which items of the reader's unit are wanted, in which of `ORDERS`, and after which row; empty fields narrow nothing.

    `author_id`: those that this officer writes; `since` and `until` bound when they were begun, half-open.
    """

    reader: Actor
    status: IntakeStatus | None = None
    undelivered_before: datetime | None = None
    query: str = ""
    author_id: UUID | None = None
    info_type: InfoType | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: str = ""
    cursor: str = ""
    limit: int = 50


async def list_submissions(session: AsyncSession, listing: Listing) -> Part[Submission]:
    """A page of the items of his unit that the reader may read.

    Raises:
        CursorUnreadable: The cursor is none of this order.
    """
    query = select(Submission).where(*_seen_by(listing.reader), *await _narrowed(session, listing))
    if listing.status is not None:
        query = query.where(Submission.status == listing.status.value)
    if listing.undelivered_before is not None:
        query = query.where(is_undelivered(listing.undelivered_before))
    order = order_named(ORDERS, listing.order)
    return await order.read(session, query, cursor=listing.cursor, limit=listing.limit)


async def count_by_status(session: AsyncSession, listing: Listing) -> dict[str, int]:
    """How many of the items that are wanted stand where; their own status is not asked."""
    wanted = (*_seen_by(listing.reader), *await _narrowed(session, listing))
    query = select(Submission.status, func.count()).where(*wanted).group_by(Submission.status)
    return dict((await session.exec(query)).all())


async def count_undelivered(session: AsyncSession, listing: Listing, now: datetime) -> int:
    """How many of the items that are wanted were reported and the receiver's node has not confirmed."""
    wanted = (*_seen_by(listing.reader), *await _narrowed(session, listing), is_undelivered(now - DELIVERY_GRACE))
    return (await session.exec(select(func.count()).select_from(Submission).where(*wanted))).one()


async def list_asked(session: AsyncSession, origins: Collection[UUID]) -> set[UUID]:
    """Which of these items an office asks something about that nobody has answered."""
    query = select(Question.origin_id).where(
        col(Question.origin_id).in_(origins), Question.question != "", col(Question.answer).is_(None)
    )
    return set(await session.exec(query))


async def _narrowed(session: AsyncSession, listing: Listing) -> list[ColumnElement[bool]]:
    """The conditions of a list besides its tab."""
    found: list[ColumnElement[bool]] = []
    if listing.author_id is not None:
        found.append(_is_author(listing.author_id))
    if listing.info_type is not None:
        found.append(col(Submission.info_type) == listing.info_type.value)
    if listing.since is not None:
        found.append(col(Submission.created_at) >= listing.since)
    if listing.until is not None:
        found.append(col(Submission.created_at) < listing.until)
    if listing.query.strip():
        found.append(await TEXT_INDEX.matching(session, listing.query, Submission.origin_id))
    return found


async def list_news(session: AsyncSession, reader: Actor, *, limit: int = 6) -> list[tuple[HistoryRow, Submission]]:
    """The last lines that offices added to the items of his unit touched last, newest first."""
    newest = select(Submission.origin_id).where(*_seen_by(reader)).order_by(col(Submission.touched_at).desc())
    query = (
        select(HistoryRow, Submission)
        .join(Submission, col(Submission.origin_id) == col(HistoryRow.origin_id))
        .where(col(Submission.origin_id).in_(newest.limit(_NEWEST)), col(HistoryRow.type).in_(_NEWS))
        .order_by(col(HistoryRow.at).desc())
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def list_recent_texts(
    session: AsyncSession, reader: Actor, *, except_for: UUID, since: datetime, limit: int = 60
) -> Sequence[Any]:
    """The other items that the reader sees since a time, for comparing with a new one."""
    query = (
        select(Submission)
        .where(*_seen_by(reader), Submission.origin_id != except_for, col(Submission.touched_at) >= since)
        .where(Submission.body != "")
        .order_by(col(Submission.touched_at).desc())
        .limit(limit)
    )
    return list(await session.exec(query))


async def last_phones_of(session: AsyncSession, officer_id: UUID, limit: int = 10) -> list[str]:
    """The phone numbers that an officer last gave, newest first; a draft may hold one that is none."""
    query = select(Submission.author_phone).where(Submission.created_by == officer_id, Submission.author_phone != "")
    return list(await session.exec(query.order_by(col(Submission.touched_at).desc()).limit(limit)))


async def node_figures(session: AsyncSession, now: datetime) -> dict[str, float]:
    """What the gauges show: drafts, returned items waiting, and the age of the oldest undelivered item in seconds."""
    here = (col(Submission.discarded_at).is_(None), col(Submission.created_by).is_not(None))
    by_status = dict(
        (await session.exec(select(Submission.status, func.count()).where(*here).group_by(Submission.status))).all()
    )
    oldest_query = select(func.min(Submission.reported_at)).where(*here, is_undelivered(now - DELIVERY_GRACE))
    oldest = (await session.exec(oldest_query)).one()
    return {
        "drafts": by_status.get(IntakeStatus.DRAFT, 0),
        "returned": by_status.get(IntakeStatus.RETURNED, 0),
        "undelivered_age_s": age_s(now, oldest),
    }


def is_undelivered(before: datetime) -> ColumnElement[bool]:
    """Reported to another node before a time, and no receipt for that version yet."""
    return and_(
        col(Submission.reported_version) > col(Submission.delivered_version),
        col(Submission.reported_to) != col(Submission.origin_node),
        col(Submission.reported_at) < before,
    )


def _is_author(officer_id: UUID) -> ColumnElement[bool]:
    named = cast(col(Submission.authors), Text).contains(f'"officer_id": "{officer_id}"', autoescape=True)
    return or_(col(Submission.created_by) == officer_id, named)


# Lists show what the reader's own unit wrote; what came to the office is listed in review.
_COLUMNS = ReadableColumns(
    unit_id=col(Submission.unit_id),
    is_urgent=col(Submission.info_type) == InfoType.EMERGENCY.value,
    is_handed_in=or_(col(Submission.status) != IntakeStatus.DRAFT.value, col(Submission.submission_version) > 1),
    is_in_office=false(),
    is_author=_is_author,
)


def _seen_by(reader: Actor) -> tuple[ColumnElement[bool], ...]:
    return (readable_in_unit(reader, _COLUMNS), col(Submission.discarded_at).is_(None))
