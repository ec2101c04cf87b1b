"""What intake tells: the author's unit hands an item in, or hands it in again."""

from __future__ import annotations

from typing import ClassVar

from services.kernel.language.events.parts import Content, OfficerRef, SubmissionFact


class SubmissionSubmitted(SubmissionFact):
    """The author's unit submitted the item to its own reviewer (version 1)."""

    TYPE: ClassVar[str] = "submission.submitted"
    TOPIC: ClassVar[str] = "intake.submission"
    URGENT_TOPIC: ClassVar[str] = "intake.emergency"

    content: Content
    submitted_by: OfficerRef


class SubmissionAmended(SubmissionSubmitted):
    """A returned item was amended and submitted again; its version is one higher."""

    TYPE: ClassVar[str] = "submission.amended"
