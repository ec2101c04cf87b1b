"""The history of an item: one entry per fact, sorted by hop, version and rank, never by clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.kernel.language.events import exchange, intake, review
from services.kernel.language.events.parts import Fact, Hop, SubmissionFact
from services.kernel.language.vocabulary import (
    DeclineReason,
    LeaderRank,
    Level,
    ReturnReason,
    Share,
    SignMode,
    TimelineMark,
    Word,
)

RANKS: dict[str, int] = {
    intake.SubmissionSubmitted.TYPE: 10,
    intake.SubmissionAmended.TYPE: 10,
    review.SubmissionChecked.TYPE: 20,
    review.SubmissionReportedUp.TYPE: 30,
    review.SubmissionForwardedUp.TYPE: 30,
    exchange.SubmissionDelivered.TYPE: 40,
    review.SubmissionReceived.TYPE: 50,
    review.SubmissionAsked.TYPE: 60,
    review.SubmissionAnswered.TYPE: 61,
    review.SubmissionEdited.TYPE: 70,
    review.SubmissionReturned.TYPE: 80,
    review.SubmissionDeclined.TYPE: 80,
    review.SubmissionAdopted.TYPE: 90,
    review.InstructionRecorded.TYPE: 95,
}
"""Place of each fact within one hop and version: the order in which an office can do these things."""

# A return inside the author's unit comes before the item was ever reported.
_RANK_OF_RETURN_AT_HOME = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an item's history.

    `hop` is the hop that the fact belongs to: what the author's unit does prepares hop 1.
    `text` is one Chinese sentence; `note` is what somebody wrote (a reason, a question, an
    answer); `data` holds what else a page or a program may want, JSON values only.
    """

    type: str
    hop: int
    version: int
    rank: int
    node: str
    at: datetime
    text: str
    by: str = ""
    unit: str = ""
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[int, int, int]:
        """What the history is sorted by, before the local row id."""
        return (self.hop, self.version, self.rank)


def timeline_entry(fact: Fact) -> Entry | None:
    """The line that a fact adds to its item's history; None for one that adds none.

    An instruction that is not shared (`share: none`) adds none: whoever may see it reads it
    where it was recorded.
    """
    if isinstance(fact, exchange.SubmissionDelivered):
        return _delivered(fact)
    if not isinstance(fact, SubmissionFact) or fact.TYPE not in RANKS:
        return None
    if isinstance(fact, review.InstructionRecorded) and fact.share is Share.NONE:
        return None
    told = _TELLERS[fact.TYPE](fact)
    by = getattr(fact, "by", None) or getattr(fact, "submitted_by", None) or getattr(fact, "proposed_by", None)
    return Entry(
        type=fact.TYPE,
        hop=_hop_of(fact),
        version=fact.item.version,
        rank=_rank_of(fact),
        node=fact.node,
        at=fact.at,
        text=told.text,
        by=by.name if by else told.data.get("signed_by", ""),
        unit=by.unit_name if by else "",
        note=told.note,
        data=told.data,
    )


def in_order(rows: Iterable[Any]) -> list[Any]:
    """History rows (with `hop`, `version`, `rank` and local `id`) from oldest to newest."""
    return sorted(rows, key=lambda row: (row.hop, row.version, row.rank, row.id))


def level_label(level: Level) -> str:
    """How a level is written before what it did: 市级, 区县级."""
    return _LEVELS[level]


_LEVELS = {
    Level.TOWNSHIP: "乡镇级",
    Level.COUNTY: "区县级",
    Level.CITY: "市级",
    Level.PROVINCE: "省级",
    Level.NATIONAL: "国家级",
}


def _hop_of(fact: SubmissionFact) -> int:
    if isinstance(fact, review.SubmissionReportedUp | review.SubmissionForwardedUp) and fact.item.hops:
        return fact.item.hops[-1].n
    return max(fact.item.hop, 1)


def _rank_of(fact: SubmissionFact) -> int:
    is_at_home = isinstance(fact, review.SubmissionReturned) and fact.item.hop == 0
    return _RANK_OF_RETURN_AT_HOME if is_at_home else RANKS[fact.TYPE]


@dataclass(frozen=True, slots=True)
class _Told:
    text: str
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def _delivered(fact: exchange.SubmissionDelivered) -> Entry:
    return Entry(
        type=fact.TYPE,
        hop=fact.hop,
        version=fact.version,
        rank=RANKS[fact.TYPE],
        node=fact.to_node,
        at=fact.at,
        text=TimelineMark.DELIVERED.label,
        data={"from_node": fact.from_node, "to_node": fact.to_node},
    )


def _submitted(fact: Any) -> _Told:
    return _Told(f"提交第{fact.item.version}版", data={"characters": len(fact.content.edition.body)})


def _checked(fact: Any) -> _Told:
    return _Told("审核通过")


def _reported(fact: Any) -> _Told:
    return _sent(fact, "上报" if not isinstance(fact, review.SubmissionForwardedUp) else "转报")


def _sent(fact: Any, verb: str) -> _Told:
    hop: Hop | None = fact.item.hops[-1] if fact.item.hops else None
    sign_off = fact.sign_off
    data = {
        "signed_by": sign_off.signed_by,
        "sign_mode": str(sign_off.sign_mode),
        "recorded_by": sign_off.recorded_by.name,
        "to_node": hop.to_node if hop else "",
        "to_level": str(hop.to_level) if hop else "",
        "from_unit": hop.from_unit_name if hop else "",
    }
    if isinstance(fact, review.SubmissionReportedUp):
        data["reviewer"] = fact.reviewer_name
    mode = "" if sign_off.sign_mode is SignMode.ONLINE else f"（{_word(SignMode, sign_off.sign_mode)}）"
    to = "" if hop is None or hop.to_node == hop.from_node else level_label(Level(hop.to_level))
    return _Told(f"{sign_off.signed_by}签发{mode}，{verb}{to}", data=data)


def _received(fact: Any) -> _Told:
    return _Told(TimelineMark.RECEIVED.label)


def _asked(fact: Any) -> _Told:
    return _Told("请求核实", fact.question, {"question_id": str(fact.question_id)})


def _answered(fact: Any) -> _Told:
    return _Told("答复核实", fact.answer, {"question_id": str(fact.question_id), "to_node": fact.to_node})


def _edited(fact: Any) -> _Told:
    figures = list(fact.figures_changed)
    text = f"编辑本级稿，改{fact.changes}处" + (f"，其中数字{len(figures)}处" if figures else "，数字未动")
    data = {"edition": fact.edition.number, "changes": fact.changes, "figures_changed": figures}
    return _Told(text, "、".join(figures), data)


def _returned(fact: Any) -> _Told:
    reason = _word(ReturnReason, fact.reason_code)
    return _Told(f"退回修改：{reason}", fact.reason, {"reason_code": fact.reason_code, "reason": fact.reason})


def _declined(fact: Any) -> _Told:
    reason = _word(DeclineReason, fact.reason_code)
    return _Told(f"未采用：{reason}", fact.reason, {"reason_code": fact.reason_code, "reason": fact.reason})


def _adopted(fact: Any) -> _Told:
    issue = f"《{fact.periodical_title.strip('《》')}》第{fact.issue_no}期"
    data = {
        "adoption_id": str(fact.adoption_id),
        "level": str(fact.level),
        "mode": str(fact.mode),
        "mode_label": fact.mode.label,
        "periodical_id": str(fact.periodical_id),
        "periodical_title": fact.periodical_title,
        "issue_id": str(fact.issue_id),
        "issue_no": fact.issue_no,
        "issue_year": fact.issue_year,
        "adopted_on": fact.adopted_on.isoformat(),
    }
    return _Told(f"{level_label(fact.level)}采用，{issue}", data=data)


def _instructed(fact: Any) -> _Told:
    shared = fact.text if fact.share is Share.TEXT else None
    rank = _word(LeaderRank, fact.leader_rank)
    data = {
        "instruction_id": str(fact.instruction_id),
        "level": str(fact.level),
        "leader_rank": str(fact.leader_rank),
        "given_on": fact.given_on.isoformat(),
        "share": str(fact.share),
    }
    if shared:
        data |= {"text": shared, "leader_name": fact.leader_name}
    return _Told(f"{level_label(fact.level)}{rank}作出批示", shared or "", data)


_TELLERS: dict[str, Callable[[Any], _Told]] = {
    intake.SubmissionSubmitted.TYPE: _submitted,
    intake.SubmissionAmended.TYPE: _submitted,
    review.SubmissionChecked.TYPE: _checked,
    review.SubmissionReportedUp.TYPE: _reported,
    review.SubmissionForwardedUp.TYPE: _reported,
    review.SubmissionReceived.TYPE: _received,
    review.SubmissionAsked.TYPE: _asked,
    review.SubmissionAnswered.TYPE: _answered,
    review.SubmissionEdited.TYPE: _edited,
    review.SubmissionReturned.TYPE: _returned,
    review.SubmissionDeclined.TYPE: _declined,
    review.SubmissionAdopted.TYPE: _adopted,
    review.InstructionRecorded.TYPE: _instructed,
}


def _word(words: type[Word], code: str) -> str:
    """The label of a code; a code of a newer node stays readable as it is."""
    try:
        return words(code).label
    except ValueError:
        return code
