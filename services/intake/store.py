"""Queries of intake: an item with all that hangs on it, lists, counts and the search index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlmodel import col, select

from services.intake.model import Attachment, EditionCopy, HistoryRow, Question, Submission
from services.kernel.language.timeline import in_order
from services.kernel.language.vocabulary import IntakeStatus
from services.kernel.runtime.paging import CursorUnreadable, decode_cursor, encode_cursor
from services.kernel.runtime.search import TextIndex
from services.kernel.runtime.session import AsyncSession

TEXT_INDEX = TextIndex("intake_text")

# How long an item that was reported may go without the receiver's receipt before it is called 未送达.
DELIVERY_GRACE = timedelta(seconds=5)


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
    return in_order(await session.exec(select(HistoryRow).where(HistoryRow.origin_id == origin_id)))


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
    """The questions to the author, oldest first; one whose question has not come yet is left out."""
    query = select(Question).where(Question.origin_id == origin_id, col(Question.question).is_not(None))
    return list(await session.exec(query.order_by(col(Question.asked_at), col(Question.question_id))))


async def event_is_noted(session: AsyncSession, event_id: str) -> bool:
    """Whether the history already holds this event."""
    return (await session.exec(select(HistoryRow.id).where(HistoryRow.event_id == event_id))).first() is not None


@dataclass(frozen=True)
class Listing:
    """Which items of a unit are wanted: by status, by words, and after which row."""

    unit_id: UUID
    status: IntakeStatus | None = None
    undelivered_before: datetime | None = None
    query: str = ""
    after: tuple[datetime, UUID] | None = None
    limit: int = 50


async def list_submissions(session: AsyncSession, listing: Listing) -> list[Submission]:
    """A unit's items, last touched first; one more than `limit` where there is a next page."""
    query = select(Submission).where(*_of_unit(listing.unit_id))
    if listing.status is not None:
        query = query.where(Submission.status == listing.status.value)
    if listing.undelivered_before is not None:
        query = query.where(is_undelivered(listing.undelivered_before))
    if listing.query.strip():
        query = query.where(await TEXT_INDEX.matching(session, listing.query, Submission.origin_id))
    return list(await session.exec(_page(query, listing)))


def place_after(cursor: str) -> tuple[datetime, UUID] | None:
    """The place that a cursor names.

    Raises:
        CursorUnreadable: It is not one of ours.
    """
    if not cursor:
        return None
    at, origin_id = decode_cursor(cursor, length=2)
    try:
        return datetime.fromisoformat(str(at)), UUID(str(origin_id))
    except ValueError as fault:
        raise CursorUnreadable from fault


def next_cursor(found: list[Submission], limit: int) -> str | None:
    """The cursor of the next page, if there is one."""
    if len(found) <= limit:
        return None
    last = found[limit - 1]
    return encode_cursor([last.touched_at.isoformat(), last.origin_id])


async def count_by_status(session: AsyncSession, unit_id: UUID) -> dict[str, int]:
    """How many of a unit's items stand where."""
    query = select(Submission.status, func.count()).where(*_of_unit(unit_id)).group_by(Submission.status)
    return dict((await session.exec(query)).all())


async def count_undelivered(session: AsyncSession, unit_id: UUID, now: datetime) -> int:
    """How many of a unit's reported items the receiver's node has not confirmed."""
    query = select(func.count()).select_from(Submission).where(*_of_unit(unit_id), is_undelivered(now - DELIVERY_GRACE))
    return (await session.exec(query)).one()


async def count_open_questions(session: AsyncSession, unit_id: UUID) -> int:
    """How many questions to a unit's authors wait for an answer."""
    query = (
        select(func.count())
        .select_from(Question)
        .join(Submission, col(Submission.origin_id) == col(Question.origin_id))
        .where(*_of_unit(unit_id), *_open_question())
    )
    return (await session.exec(query)).one()


async def list_open_questions(
    session: AsyncSession, unit_id: UUID, limit: int = 20
) -> list[tuple[Question, Submission]]:
    """The questions that wait for a unit's answer, longest waiting first."""
    query = (
        select(Question, Submission)
        .join(Submission, col(Submission.origin_id) == col(Question.origin_id))
        .where(*_of_unit(unit_id), *_open_question())
        .order_by(col(Question.asked_at))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def oldest_of(session: AsyncSession, unit_id: UUID, status: IntakeStatus) -> Submission | None:
    """The unit's item that has been longest in a status."""
    query = select(Submission).where(*_of_unit(unit_id), Submission.status == status.value)
    return (await session.exec(query.order_by(col(Submission.touched_at)).limit(1))).first()


async def list_recent_texts(
    session: AsyncSession, unit_id: UUID, *, except_for: UUID, since: datetime, limit: int = 60
) -> Sequence[Any]:
    """Id, title, body and more of the unit's other items since a time, for comparing with a new one."""
    query = (
        select(Submission)
        .where(*_of_unit(unit_id), Submission.origin_id != except_for, col(Submission.touched_at) >= since)
        .where(Submission.body != "")
        .order_by(col(Submission.touched_at).desc())
        .limit(limit)
    )
    return list(await session.exec(query))


async def last_phone_of(session: AsyncSession, officer_id: UUID) -> str:
    """The phone number that an officer last gave, to be offered again."""
    query = select(Submission.author_phone).where(Submission.created_by == officer_id, Submission.author_phone != "")
    return (await session.exec(query.order_by(col(Submission.touched_at).desc()).limit(1))).first() or ""


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
        "undelivered_age_s": (now - oldest).total_seconds() if oldest else 0.0,
    }


def is_undelivered(before: datetime) -> ColumnElement[bool]:
    """Reported to another node before a time, and no receipt for that version yet."""
    return and_(
        col(Submission.reported_version) > col(Submission.delivered_version),
        col(Submission.reported_to) != col(Submission.origin_node),
        col(Submission.reported_at) < before,
    )


def _of_unit(unit_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (col(Submission.unit_id) == unit_id, col(Submission.discarded_at).is_(None))


def _open_question() -> tuple[ColumnElement[bool], ...]:
    return (col(Question.question).is_not(None), col(Question.answer).is_(None))


def _page(query: Select[Any], listing: Listing) -> Any:
    place = (col(Submission.touched_at), col(Submission.origin_id))
    if listing.after is not None:
        at, last = listing.after
        query = query.where(or_(place[0] < at, and_(place[0] == at, place[1] < last)))
    return query.order_by(place[0].desc(), place[1].desc()).limit(listing.limit + 1)
