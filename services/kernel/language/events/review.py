"""What review tells: everything an office does with an item, and its periodicals."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.kernel.language.events.parts import Content, Edition, Fact, OfficerRef, Part, SignOff, SubmissionFact
from services.kernel.language.vocabulary import AdoptionMode, LeaderRank, Level, PeriodicalKind, Share, System


class SubmissionChecked(SubmissionFact):
    """The unit's reviewer checked the item; it waits for the signer."""

    TYPE: ClassVar[str] = "submission.checked"
    by: OfficerRef
    alone_reason: str = ""


class SubmissionReportedUp(SubmissionFact):
    """The author's unit signed and reported the item (上报); `item.hops[-1]` says to whom."""

    TYPE: ClassVar[str] = "submission.reported_up"
    content: Content
    reviewer_name: str
    sign_off: SignOff


class SubmissionForwardedUp(SubmissionFact):
    """An office signed and sent on what it had received (转报), with its own edition."""

    TYPE: ClassVar[str] = "submission.forwarded_up"
    content: Content
    proposed_by: OfficerRef
    sign_off: SignOff


class SubmissionReceived(SubmissionFact):
    """A person of the receiving office took the item in (已签收)."""

    TYPE: ClassVar[str] = "submission.received"
    by: OfficerRef


class SubmissionAsked(SubmissionFact):
    """An office asks the author to verify something (核实); the item stays in the queue."""

    TYPE: ClassVar[str] = "submission.asked"
    question_id: UUID
    question: str
    by: OfficerRef


class SubmissionAnswered(SubmissionFact):
    """The author's unit answered a question; `to_node` asked it."""

    TYPE: ClassVar[str] = "submission.answered"
    question_id: UUID
    answer: str
    to_node: str
    by: OfficerRef


class SubmissionEdited(SubmissionFact):
    """An office saved its own edition (本级稿)."""

    TYPE: ClassVar[str] = "submission.edited"
    edition: Edition
    changes: int
    figures_changed: tuple[str, ...] = ()
    by: OfficerRef


class SubmissionReturned(SubmissionFact):
    """The item goes back one hop, with a reason; hop 0 is a return inside the author's unit."""

    TYPE: ClassVar[str] = "submission.returned"
    reason_code: str
    reason: str
    by: OfficerRef


class SubmissionDeclined(SubmissionFact):
    """The office will not use the item (未采用)."""

    TYPE: ClassVar[str] = "submission.declined"
    reason_code: str
    reason: str
    by: OfficerRef


class SubmissionAdopted(SubmissionFact):
    """The item stands in a signed issue (采用). Idempotent on `adoption_id`.

    `series` is which numbers of the periodical the issue has: regular or supplement.
    """

    TYPE: ClassVar[str] = "submission.adopted"
    adoption_id: UUID
    level: Level
    mode: AdoptionMode
    periodical_id: UUID
    periodical_title: str
    periodical_kind: PeriodicalKind
    periodical_system: System
    issue_id: UUID
    issue_no: int
    issue_year: int
    adopted_on: date
    series: str = "regular"


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


class InstructionRecorded(SubmissionFact):
    """A leader's instruction (批示) on the item was recorded; `text` is None unless shared as text."""

    TYPE: ClassVar[str] = "instruction.recorded"
    instruction_id: UUID
    level: Level
    leader_name: str
    leader_rank: LeaderRank
    given_on: date
    share: Share
    text: str | None = None
