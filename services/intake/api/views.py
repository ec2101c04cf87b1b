"""What the API answers: an item in full, and as a line of a list."""

from __future__ import annotations

from typing import Any

from services.intake import store
from services.intake.actions import what_is_advised, what_is_missing
from services.intake.model import Attachment, EditionCopy, HistoryRow, Question, Submission
from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.review import SubmissionForwardedUp, SubmissionReceived, SubmissionReportedUp
from services.kernel.language.vocabulary import InfoType, IntakeStatus
from services.kernel.runtime.session import AsyncSession

_SENT = {SubmissionReportedUp.TYPE, SubmissionForwardedUp.TYPE}


def standing_view(submission: Submission) -> dict[str, Any]:
    """What every change answers: where the item stands and its version for the next change."""
    return {
        "origin_id": submission.origin_id,
        "status": submission.status,
        "version": submission.version,
        "submission_version": submission.submission_version,
        "missing": [error.as_dict() for error in what_is_missing(submission)] if submission.is_in_hand else [],
        "advised": [error.as_dict() for error in what_is_advised(submission)] if submission.is_in_hand else [],
    }


def line_view(submission: Submission) -> dict[str, Any]:
    """The item as one line of a list."""
    return {
        "origin_id": submission.origin_id,
        "status": submission.status,
        "status_label": IntakeStatus(submission.status).label,
        "info_type": submission.info_type or None,
        "info_type_label": InfoType(submission.info_type).label if submission.info_type else None,
        "title": submission.title,
        "unit_name": submission.unit_name,
        "author_name": submission.author_name,
        "version": submission.version,
        "submission_version": submission.submission_version,
        "created_at": submission.created_at,
        "touched_at": submission.touched_at,
        "reported_at": submission.reported_at,
        "is_delivered": submission.is_delivered,
    }


async def submission_view(session: AsyncSession, submission: Submission) -> dict[str, Any]:
    """The item with its text, fields, files, editions, hops, questions and timeline (newest last)."""
    history = await store.list_history(session, submission.origin_id)
    return {
        **line_view(submission),
        "body": submission.body,
        "author_phone": submission.author_phone,
        "authors": submission.authors,
        "non_secret_declared": submission.non_secret_declared,
        "declared_by": submission.declared_by,
        "declared_at": submission.declared_at,
        "suggested_attribute": submission.suggested_attribute,
        **submission.details,
        "unit_id": submission.unit_id,
        "system": submission.system,
        "origin_node": submission.origin_node,
        "returned": submission.returned,
        "missing": standing_view(submission)["missing"],
        "advised": standing_view(submission)["advised"],
        "attachments": [attachment_view(one) for one in await store.list_attachments(session, submission.origin_id)],
        "editions": [_edition_view(one) for one in await store.list_editions(session, submission.origin_id)],
        "hops": hops_view(submission, history),
        "questions": [_question_view(one) for one in await store.list_questions(session, submission.origin_id)],
        "timeline": [entry_view(row) for row in history],
    }


def attachment_view(attachment: Attachment) -> dict[str, Any]:
    """One file: what it is called, and the digest it is found by."""
    names = ("attachment_id", "sha256", "filename", "media_type", "size")
    return {name: getattr(attachment, name) for name in names}


def hops_view(submission: Submission, history: list[HistoryRow]) -> list[dict[str, Any]]:
    """Each hop with when it was last sent, delivered (system) and received (a person)."""
    return [
        {
            **hop,
            "reported_at": _last(history, _SENT, hop["n"]),
            "delivered_at": _last(history, {SubmissionDelivered.TYPE}, hop["n"]),
            "received_at": _last(history, {SubmissionReceived.TYPE}, hop["n"]),
        }
        for hop in submission.hops
    ]


def entry_view(row: HistoryRow) -> dict[str, Any]:
    """One line of the timeline; what a fact says besides stands beside it."""
    names = ("type", "node", "at", "hop", "version", "text", "by", "unit", "note")
    return {**row.data, **{name: getattr(row, name) for name in names}}


def _last(history: list[HistoryRow], types: set[str], hop: int) -> Any:
    found = [row.at for row in history if row.type in types and row.hop == hop]
    return found[-1] if found else None


def _edition_view(edition: EditionCopy) -> dict[str, Any]:
    names = ("node", "by_author", "number", "title", "body", "edited_by", "edited_at")
    return {name: getattr(edition, name) for name in names}


def _question_view(question: Question) -> dict[str, Any]:
    names = ("question_id", "node", "question", "asked_by", "asked_at", "answer", "answered_by", "answered_at")
    return {name: getattr(question, name) for name in names}
