"""What review tells of its periodicals."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.kernel.language.events.parts import Fact, Part, SignOff
from services.kernel.language.vocabulary import PeriodicalKind, System


class IssueEntry(Part):
    """One item of an issue, in its place."""

    adoption_id: UUID
    origin_id: UUID
    title: str
    unit_name: str


class IssuePublished(Fact):
    """An issue of a periodical was signed and got its number.

    `sign_off` and what follows it are as printed; facts told before they were carried lack them.
    """

    TYPE: ClassVar[str] = "issue.published"
    LABEL: ClassVar[str] = "刊物已签发"
    TOPIC: ClassVar[str] = "review.issue"

    issue_id: UUID
    node: str
    periodical_id: UUID
    periodical_title: str
    periodical_kind: PeriodicalKind
    system: System
    issue_no: int
    issue_year: int
    signed_by: str
    at: datetime
    entries: tuple[IssueEntry, ...]
    series: str = "regular"
    sign_off: SignOff | None = None
    note: str = ""
    mark: str = ""
    report_to: str = ""
    send_to: str = ""
    distribute_to: str = ""
    copies: int | None = None

    @property
    def key(self) -> str:
        """Issues of one periodical keep their order."""
        return str(self.periodical_id)
