"""What review tells of an item: everything an office does with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from services.kernel.language.events.meaning import STAYS, Kind, Line, Tone, Way, label_of
from services.kernel.language.events.parts import Edition, Fact, OfficerRef, SubmissionFact
from services.kernel.language.events.sending import SubmissionSentUp
from services.kernel.language.vocabulary import (
    AdoptionMode,
    DeclineReason,
    LeaderRank,
    Level,
    PeriodicalKind,
    ReturnReason,
    Share,
    System,
)

_BACK = frozenset({Way.BACK})


class SubmissionChecked(SubmissionFact):
    """The unit's reviewer checked the item; it waits for the signer."""

    TYPE: ClassVar[str] = "submission.checked"
    LABEL: ClassVar[str] = "审核通过"
    RANK: ClassVar[int] = 20
    by: OfficerRef
    alone_reason: str = ""


class SubmissionReportedUp(SubmissionSentUp):
    """The author's unit signed and reported the item (上报); `item.hops[-1]` says to whom."""

    TYPE: ClassVar[str] = "submission.reported_up"
    LABEL: ClassVar[str] = "已上报"
    VERB: ClassVar[str] = "上报"
    reviewer_name: str

    def line(self) -> Line:
        """Who checked it besides."""
        line = super().line()
        return replace(line, data={**line.data, "reviewer": self.reviewer_name})


class SubmissionForwardedUp(SubmissionSentUp):
    """An office signed and sent on what it had received (转报), with its own edition."""

    TYPE: ClassVar[str] = "submission.forwarded_up"
    LABEL: ClassVar[str] = "已转报"
    WAYS: ClassVar[frozenset[Way]] = frozenset({Way.UP, Way.BACK})
    VERB: ClassVar[str] = "转报"
    proposed_by: OfficerRef

    def line(self) -> Line:
        """Who proposed it besides."""
        return replace(super().line(), by=self.proposed_by)


class SubmissionReceived(SubmissionFact):
    """A person of the receiving office took the item in (已签收)."""

    TYPE: ClassVar[str] = "submission.received"
    LABEL: ClassVar[str] = "已签收"
    WAYS: ClassVar[frozenset[Way]] = _BACK
    RANK: ClassVar[int] = 50
    KIND: ClassVar[Kind] = Kind.RECEIVED
    by: OfficerRef


class SubmissionAsked(SubmissionFact):
    """An office asks the author to verify something (核实); the item stays in the queue."""

    TYPE: ClassVar[str] = "submission.asked"
    LABEL: ClassVar[str] = "请求核实"
    WAYS: ClassVar[frozenset[Way]] = _BACK
    RANK: ClassVar[int] = 60
    KIND: ClassVar[Kind] = Kind.QUESTION
    question_id: UUID
    question: str
    by: OfficerRef

    def line(self) -> Line:
        """What was asked."""
        return Line(self.LABEL, by=self.by, note=self.question, data={"question_id": str(self.question_id)})


class SubmissionAnswered(SubmissionFact):
    """The author's unit answered a question; `to_node` asked it."""

    TYPE: ClassVar[str] = "submission.answered"
    LABEL: ClassVar[str] = "已答复核实"
    WAYS: ClassVar[frozenset[Way]] = frozenset({Way.TO_ASKER})
    RANK: ClassVar[int] = 61
    KIND: ClassVar[Kind] = Kind.ANSWER
    question_id: UUID
    answer: str
    to_node: str
    by: OfficerRef

    @property
    def addressees(self) -> tuple[str, ...]:
        """The node that asked."""
        return (self.to_node,)

    def line(self) -> Line:
        """What was answered, to whom."""
        data = {"question_id": str(self.question_id), "to_node": self.to_node}
        return Line("答复核实", by=self.by, note=self.answer, data=data)


class SubmissionEdited(SubmissionFact):
    """An office saved its own edition (本级稿)."""

    TYPE: ClassVar[str] = "submission.edited"
    LABEL: ClassVar[str] = "已编辑本级稿"
    WAYS: ClassVar[frozenset[Way]] = _BACK
    RANK: ClassVar[int] = 70
    edition: Edition
    changes: int
    figures_changed: tuple[str, ...] = ()
    by: OfficerRef

    def line(self) -> Line:
        """In how many places, and which figures."""
        figures = list(self.figures_changed)
        text = f"编辑本级稿，改{self.changes}处" + (f"，其中数字{len(figures)}处" if figures else "，数字未动")
        data = {"edition": self.edition.number, "changes": self.changes, "figures_changed": figures}
        return Line(text, by=self.by, note="、".join(figures), data=data)


class SubmissionReturned(SubmissionFact):
    """The item goes back one hop, with a reason; hop 0 is a return inside the author's unit."""

    TYPE: ClassVar[str] = "submission.returned"
    LABEL: ClassVar[str] = "已退回"
    WAYS: ClassVar[frozenset[Way]] = _BACK
    RANK: ClassVar[int] = 80
    TONE: ClassVar[Tone] = Tone.BACK
    reason_code: str
    reason: str
    by: OfficerRef

    @property
    def ways(self) -> frozenset[Way]:
        """A return inside the author's unit concerns nobody else."""
        return self.WAYS if self.item.hop else STAYS

    @property
    def rank(self) -> int:
        """Inside the author's unit it comes before the item was ever reported."""
        return self.RANK if self.item.hop else 25

    def line(self) -> Line:
        """For which reason."""
        return _refusal(self, "退回修改", label_of(ReturnReason, self.reason_code))


class SubmissionDeclined(SubmissionFact):
    """The office will not use the item (未采用)."""

    TYPE: ClassVar[str] = "submission.declined"
    LABEL: ClassVar[str] = "未采用"
    WAYS: ClassVar[frozenset[Way]] = _BACK
    RANK: ClassVar[int] = 80
    TONE: ClassVar[Tone] = Tone.BACK
    reason_code: str
    reason: str
    by: OfficerRef

    def line(self) -> Line:
        """For which reason."""
        return _refusal(self, self.LABEL, label_of(DeclineReason, self.reason_code))


class SubmissionAdopted(SubmissionFact):
    """The item stands in a signed issue (采用). Idempotent on `adoption_id`.

    `series` is which numbers of the periodical the issue has: regular or supplement.
    """

    TYPE: ClassVar[str] = "submission.adopted"
    LABEL: ClassVar[str] = "已采用"
    WAYS: ClassVar[frozenset[Way]] = _BACK
    RANK: ClassVar[int] = 90
    TONE: ClassVar[Tone] = Tone.DONE
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

    def line(self) -> Line:
        """At which level, in which issue."""
        names = (
            "level",
            "mode",
            "periodical_id",
            "periodical_title",
            "issue_id",
            "issue_no",
            "issue_year",
            "adopted_on",
        )
        data = {"adoption_id": str(self.adoption_id), "mode_label": self.mode.label, **_json(self, *names)}
        issue = f"《{self.periodical_title.strip('《》')}》第{self.issue_no}期"
        return Line(f"{self.level.grade}采用，{issue}", data=data)


class InstructionRecorded(SubmissionFact):
    """A leader's instruction (批示) on the item was recorded; `text` is None unless shared as text."""

    TYPE: ClassVar[str] = "instruction.recorded"
    LABEL: ClassVar[str] = "领导批示"
    WAYS: ClassVar[frozenset[Way]] = _BACK
    RANK: ClassVar[int] = 95
    TONE: ClassVar[Tone] = Tone.DONE
    instruction_id: UUID
    level: Level
    leader_name: str
    leader_rank: LeaderRank
    given_on: date
    share: Share
    text: str | None = None

    @property
    def ways(self) -> frozenset[Way]:
        """One that is not shared stays where it was recorded."""
        return STAYS if self.share is Share.NONE else self.WAYS

    def as_others_see_it(self) -> InstructionRecorded:
        """Its text stays here unless it is shared as text."""
        return self if self.share is Share.TEXT or self.text is None else self.model_copy(update={"text": None})

    def line(self) -> Line | None:
        """Of a leader of which rank, with the text if that is shared; whoever may see one that is not reads it there."""
        if self.share is Share.NONE:
            return None
        data = _json(self, "instruction_id", "level", "leader_rank", "given_on", "share")
        shared = self.text if self.share is Share.TEXT and self.text else ""
        if shared:
            data |= {"text": shared, "leader_name": self.leader_name}
        text = f"{self.level.grade}{label_of(LeaderRank, self.leader_rank)}作出批示"
        return Line(text, note=shared, data=data)


def _json(fact: Fact, *names: str) -> dict[str, Any]:
    """Some fields of a fact as JSON values."""
    return fact.model_dump(mode="json", include=set(names))


def _refusal(fact: SubmissionReturned | SubmissionDeclined, verb: str, reason: str) -> Line:
    return Line(f"{verb}：{reason}", by=fact.by, note=fact.reason, data=_json(fact, "reason_code", "reason"))
