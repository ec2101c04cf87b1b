"""What a fact means for scores here: a score event with its identity, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.kernel.language.calendar import SHANGHAI
from services.kernel.language.events.meaning import level_label
from services.kernel.language.events.parts import Hop, SubmissionFact
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAdopted,
    SubmissionForwardedUp,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import Level, ReturnReason, Share, System
from services.stats.policy.event import EventKind, ScoreEvent
from services.stats.policy.governed import CreditedUnit, credited_unit


@dataclass(frozen=True)
class Happening:
    """A score event of one unit, and what its source record shows beside it.

    `at` is the instant at which the telling node did it; of two tellings of one event the
    earlier counts, so that the order of arrival does not matter.
    """

    event: ScoreEvent
    unit: CreditedUnit
    title: str
    system: System
    node: str
    at: datetime


def happening_of(fact: SubmissionFact, node_id: str) -> Happening | None:
    """The score event that a fact is at this node; None when it is none, or concerns no unit governed here."""
    unit = credited_unit(fact.item, node_id)
    reading = _READINGS[type(fact)](fact, node_id) if unit else None
    if unit is None or reading is None:
        return None
    event = ScoreEvent(
        event_id=reading.identity,
        event=reading.kind,
        origin_id=str(fact.item.origin_id),
        unit_ids=(str(unit.unit_id),),
        level=reading.level,
        happened_on=reading.happened_on,
        info_type=fact.item.info_type,
        label=reading.label,
        **reading.more,
    )
    system = fact.periodical_system if isinstance(fact, SubmissionAdopted) else fact.item.system
    return Happening(event, unit, fact.item.title, system, fact.node, fact.at)


@dataclass(frozen=True)
class _Reading:
    kind: EventKind
    identity: str
    level: Level | None
    happened_on: date
    label: str
    more: dict[str, Any]


def _reported(fact: SubmissionReportedUp, _node_id: str) -> _Reading | None:
    return _submission(fact, fact.item.hops[-1]) if fact.item.hops else None


def _forwarded(fact: SubmissionForwardedUp, node_id: str) -> _Reading | None:
    """For the receiver a submission of the office below; for the forwarder and those below it 转报."""
    if not fact.item.hops:
        return None
    hop = fact.item.hops[-1]
    if hop.to_node == node_id:
        return _submission(fact, hop)
    identity = f"forwarded:{fact.item.origin_id}:{hop.n}"
    return _Reading(
        EventKind.FORWARDED_UP, identity, hop.to_level, local_day(fact.at), f"转报{level_label(hop.to_level)}", {}
    )


def _adopted(fact: SubmissionAdopted, _node_id: str) -> _Reading:
    return _Reading(
        EventKind.ADOPTED,
        f"adopted:{fact.adoption_id}:{fact.item.origin_id}",
        fact.level,
        fact.adopted_on,
        f"《{fact.periodical_title.strip('《》')}》第{fact.issue_no}期",
        {
            "periodical_kind": fact.periodical_kind,
            "mode": fact.mode,
            "adoption_id": str(fact.adoption_id),
        },
    )


def _instructed(fact: InstructionRecorded, _node_id: str) -> _Reading | None:
    if fact.share is Share.NONE:
        return None
    identity = f"instruction:{fact.instruction_id}:{fact.item.origin_id}"
    label = f"{level_label(fact.level)}{fact.leader_rank.label}批示"
    more = {"leader_rank": fact.leader_rank}
    return _Reading(EventKind.LEADER_INSTRUCTION, identity, fact.level, fact.given_on, label, more)


def _returned(fact: SubmissionReturned, _node_id: str) -> _Reading | None:
    """Only a return by an office, for a reason for which offices do not count the item."""
    head = fact.item
    reason = next((reason for reason in ReturnReason if reason == fact.reason_code), None)
    if head.hop == 0 or reason is None or not reason.is_invalid:
        return None
    level = next((hop.to_level for hop in head.hops if hop.n == head.hop), None)
    identity = f"returned:{head.origin_id}:{head.hop}:{head.version}"
    return _Reading(EventKind.RETURNED_INVALID, identity, level, local_day(fact.at), f"退回：{reason.label}", {})


def _submission(fact: SubmissionFact, hop: Hop) -> _Reading:
    identity = f"submitted:{fact.item.origin_id}:{hop.n}:{fact.item.version}"
    return _Reading(EventKind.SUBMISSION_COUNTED, identity, hop.to_level, local_day(fact.at), "报送", {})


def local_day(at: datetime) -> date:
    """The day on which an instant lies in China."""
    return at.astimezone(SHANGHAI).date()


_READINGS: dict[type[SubmissionFact], Callable[[Any, str], _Reading | None]] = {
    SubmissionReportedUp: _reported,
    SubmissionForwardedUp: _forwarded,
    SubmissionAdopted: _adopted,
    InstructionRecorded: _instructed,
    SubmissionReturned: _returned,
}
