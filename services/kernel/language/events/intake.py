"""What intake tells: the author's unit hands an item in, or hands it in again."""

from __future__ import annotations

from typing import ClassVar

from services.kernel.language.events.meaning import Line
from services.kernel.language.events.parts import Content, OfficerRef, SubmissionFact


class SubmissionSubmitted(SubmissionFact):
    """The author's unit submitted the item to its own reviewer (version 1)."""

    TYPE: ClassVar[str] = "submission.submitted"
    LABEL: ClassVar[str] = "已提交"
    TOPIC: ClassVar[str] = "intake.submission"
    URGENT_TOPIC: ClassVar[str] = "intake.emergency"
    RANK: ClassVar[int] = 10

    content: Content
    submitted_by: OfficerRef

    def line(self) -> Line:
        """Which version, and how long it is."""
        length = len(self.content.edition.body)
        return Line(f"提交第{self.item.version}版", by=self.submitted_by, data={"characters": length})


class SubmissionAmended(SubmissionSubmitted):
    """A returned item was amended and submitted again; its version is one higher."""

    TYPE: ClassVar[str] = "submission.amended"
    LABEL: ClassVar[str] = "已修改重报"
