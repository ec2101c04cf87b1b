"""What the API answers: an item in full, and as a line of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict

from services.intake import store
from services.intake.actions import what_is_advised, what_is_missing
from services.intake.model import HistoryRow, Question, Submission
from services.kernel.language.events.meaning import Kind
from services.kernel.language.events.parts import Hop, UnitRef, named
from services.kernel.language.vocabulary import InfoType, IntakeStatus
from services.kernel.runtime.passage.showing import last_at
from services.kernel.runtime.passage.views import HistoryLineView
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.views import FieldErrorView, View


class StandingView(View):
    """Where an item stands after a change, its version for the next one, and what it still lacks."""

    origin_id: UUID
    status: IntakeStatus
    version: int
    submission_version: int
    lacking: list[FieldErrorView]
    advised: list[FieldErrorView]

    @classmethod
    def of(cls, submission: Submission) -> Self:
        """The standing of an item."""
        return cls.read(submission, **_lacking(submission))


class LineView(View):
    """An item as one line of a list."""

    origin_id: UUID
    status: IntakeStatus
    status_label: str
    info_type: InfoType | None
    info_type_label: str | None
    number: str
    title: str
    unit_name: str
    author_name: str
    version: int
    submission_version: int
    created_at: datetime
    touched_at: datetime
    reported_at: datetime | None
    is_delivered: bool | None

    @classmethod
    def of(cls, submission: Submission) -> Self:
        """The line of an item."""
        return cls.read(submission, **_labelled(submission))


class AttachmentView(View):
    """A file: what it is called, and the digest it is found by; `size` in bytes."""

    attachment_id: UUID
    sha256: str
    filename: str
    media_type: str
    size: int


class EditionView(View):
    """A text as it was handed in (`by_author`) or as an office edited it."""

    node: str
    by_author: bool
    number: int
    title: str
    body: str
    edited_by: str
    edited_at: datetime


class HopView(Hop):
    """A hop with when it was last sent, delivered (by the system) and received (by a person)."""

    reported_at: datetime | None
    delivered_at: datetime | None
    received_at: datetime | None


class QuestionView(View):
    """A question to the author, with its answer once there is one."""

    question_id: UUID
    node: str
    question: str | None
    asked_by: str
    asked_at: datetime | None
    answer: str | None
    answered_by: str
    answered_at: datetime | None

    @classmethod
    def of(cls, question: Question) -> Self:
        """The view of a question, its officers with their units."""
        asked_by, answered_by = named(question.asked_by), named(question.answered_by)
        return cls.read(question, node=question.asked_node, asked_by=asked_by, answered_by=answered_by)


class EntryView(HistoryLineView):
    """One line of the timeline; what its fact says besides stands beside these fields."""

    model_config = ConfigDict(extra="allow")

    @classmethod
    def of(cls, row: HistoryRow) -> Self:
        """The line of a row."""
        return cls.read(row, **{name: said for name, said in row.data.items() if name not in cls.model_fields})


class SubmissionView(LineView):
    """An item whole; the fields that its type asks for stand beside these, as far as they are filled."""

    model_config = ConfigDict(extra="allow")

    body: str
    author_phone: str
    authors: list[dict[str, Any]]
    co_units: list[UnitRef]
    non_secret_declared: bool
    declared_by: str | None
    declared_at: datetime | None
    suggested_attribute: str | None
    unit_id: UUID | None
    system: str
    origin_node: str
    returned: dict[str, Any] | None
    lacking: list[FieldErrorView]
    advised: list[FieldErrorView]
    attachments: list[AttachmentView]
    editions: list[EditionView]
    hops: list[HopView]
    questions: list[QuestionView]
    timeline: list[EntryView]


class DocumentView(View):
    """Title and body found in a document, and what to look at in them."""

    title: str
    body: str
    warnings: list[str]


async def whole_view(session: AsyncSession, submission: Submission) -> SubmissionView:
    """The item with its text, fields, files, editions, hops, questions and timeline (newest last)."""
    history = await store.list_history(session, submission.origin_id)
    parts = {
        **_labelled(submission),
        **_lacking(submission),
        "attachments": await store.list_attachments(session, submission.origin_id),
        "editions": await store.list_editions(session, submission.origin_id),
        "hops": _hops(submission, history),
        "questions": [QuestionView.of(one) for one in await store.list_questions(session, submission.origin_id)],
        "timeline": [EntryView.of(row) for row in history],
    }
    own = {name: value for name, value in submission.details.items() if name not in SubmissionView.model_fields}
    return SubmissionView.read(submission, **own, **parts)


def _labelled(submission: Submission) -> dict[str, Any]:
    info_type = InfoType(submission.info_type) if submission.info_type else None
    return {
        "status_label": IntakeStatus(submission.status).label,
        "info_type": info_type,
        "info_type_label": info_type.label if info_type else None,
    }


def _lacking(submission: Submission) -> dict[str, Any]:
    if not submission.is_in_hand:
        return {"lacking": [], "advised": []}
    return {"lacking": what_is_missing(submission), "advised": what_is_advised(submission)}


def _hops(submission: Submission, history: Sequence[HistoryRow]) -> list[dict[str, Any]]:
    return [
        {
            **hop.model_dump(),
            "reported_at": last_at(lines, Kind.SENT),
            "delivered_at": last_at(lines, Kind.DELIVERED),
            "received_at": last_at(lines, Kind.RECEIVED),
        }
        for hop in submission.hops
        for lines in [[row for row in history if row.hop == hop.n]]
    ]
