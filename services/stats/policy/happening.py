"""What a fact means for scores here: a score event with its identity for each unit that it credits, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from services.kernel.language.calendar import local_date
from services.kernel.language.events.parts import Hop, SubmissionFact
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAdopted,
    SubmissionForwardedUp,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import Level, ReturnReason, Share
from services.stats.policy.event import EventKind, ScoreEvent
from services.stats.policy.governed import CreditedUnit, credited_unit, sharing_units

_Said = dict[str, Any]


def events_of(fact: SubmissionFact, node_id: str) -> list[ScoreEvent]:
    """The score events that a fact is at this node: none when it concerns no unit governed here, one for its unit.

    An adoption is one for each unit that reported the item too, by an id of its own; they share its points.
    """
    item, unit = fact.item, credited_unit(fact.item, node_id)
    said = _READINGS[type(fact)](fact, node_id) if unit else None
    if unit is None or said is None:
        return []
    about: _Said = {
        "origin_id": item.origin_id, "unit_id": unit.unit_id, "unit_name": unit.name, "title": item.title,
        "info_type": item.info_type, "system": item.system, "node": fact.node, "at": fact.at,
    }  # fmt: skip
    event = ScoreEvent(**about | said)
    others = sharing_units(item, node_id) if event.kind is EventKind.ADOPTED else []
    return [event, *(_for_unit(event, one) for one in others)]


def _for_unit(event: ScoreEvent, unit: CreditedUnit) -> ScoreEvent:
    return replace(event, event_id=f"{event.event_id}:{unit.unit_id}", unit_id=unit.unit_id, unit_name=unit.name)


def _reported(fact: SubmissionReportedUp, _node_id: str) -> _Said | None:
    return _submission(fact, fact.item.hops[-1]) if fact.item.hops else None


def _forwarded(fact: SubmissionForwardedUp, node_id: str) -> _Said | None:
    """For the receiver a submission of the office below; for the forwarder and those below it 转报."""
    if not fact.item.hops:
        return None
    hop = fact.item.hops[-1]
    if hop.to_node == node_id:
        return _submission(fact, hop)
    identity = f"forwarded:{fact.item.origin_id}:{hop.n}"
    label = f"转报{hop.to_level.grade}"
    return _happened(EventKind.FORWARDED_UP, identity, hop.to_level, on=local_date(fact.at), label=label)


def _adopted(fact: SubmissionAdopted, _node_id: str) -> _Said:
    said = _happened(
        EventKind.ADOPTED, f"adopted:{fact.adoption_id}:{fact.item.origin_id}", fact.level, on=fact.adopted_on,
        label=f"《{fact.periodical_title.strip('《》')}》第{fact.issue_no}期",
    )  # fmt: skip
    return said | {
        "periodical_kind": fact.periodical_kind, "mode": fact.mode, "adoption_id": fact.adoption_id,
        "system": fact.periodical_system,
    }  # fmt: skip


def _instructed(fact: InstructionRecorded, _node_id: str) -> _Said | None:
    if fact.share is Share.NONE:
        return None
    identity = f"instruction:{fact.instruction_id}:{fact.item.origin_id}"
    label = f"{fact.level.grade}{fact.leader_rank.label}批示"
    said = _happened(EventKind.LEADER_INSTRUCTION, identity, fact.level, on=fact.given_on, label=label)
    return said | {"leader_rank": fact.leader_rank}


def _returned(fact: SubmissionReturned, _node_id: str) -> _Said | None:
    """Only a return by an office, for a reason for which offices do not count the item."""
    head = fact.item
    reason = next((reason for reason in ReturnReason if reason == fact.reason_code), None)
    if head.hop == 0 or reason is None or not reason.is_invalid:
        return None
    level = next((hop.to_level for hop in head.hops if hop.n == head.hop), None)
    identity = f"returned:{head.origin_id}:{head.hop}:{head.version}"
    on, label = local_date(fact.at), f"退回：{reason.label}"
    return _happened(EventKind.RETURNED_INVALID, identity, level, on=on, label=label)


def _submission(fact: SubmissionFact, hop: Hop) -> _Said:
    identity = f"submitted:{fact.item.origin_id}:{hop.n}:{fact.item.version}"
    return _happened(EventKind.SUBMISSION_COUNTED, identity, hop.to_level, on=local_date(fact.at), label="报送")


def _happened(kind: EventKind, identity: str, level: Level | None, *, on: date, label: str) -> _Said:
    return {"kind": kind, "event_id": identity, "level": level, "happened_on": on, "label": label}


_READINGS: dict[type[SubmissionFact], Callable[[Any, str], _Said | None]] = {
    SubmissionReportedUp: _reported,
    SubmissionForwardedUp: _forwarded,
    SubmissionAdopted: _adopted,
    InstructionRecorded: _instructed,
    SubmissionReturned: _returned,
}
