"""What can be scored, and what a score says about itself."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.kernel.language.vocabulary import (
    AdoptionMode,
    InfoType,
    LeaderRank,
    Level,
    PeriodicalKind,
    System,
    Word,
)


class EventKind(Word):
    """Something that happened to an item and that a rule may pay for."""

    SUBMISSION_COUNTED = "submission_counted", "报送"
    ADOPTED = "adopted", "采用"
    FORWARDED_UP = "forwarded_up", "转报"
    LEADER_INSTRUCTION = "leader_instruction", "领导批示"
    RETURNED_INVALID = "returned_invalid", "退回无效件"


@dataclass(frozen=True)
class ScoreEvent:
    """One scorable event of one governed unit, as it is read from a fact, kept and scored.

    Args:
        event_id: The same event delivered again carries the same id and counts once.
        level: Level that adopted or instructed, or the level forwarded to.
        happened_on: Local date (Asia/Shanghai); decides month and rules.
        label: What the event is called in a reason, such as 《政务信息》第16期.
        at: When the telling node did it; of two tellings the earlier counts, so that the order of arrival does not.
        adoption_id: An adoption counts once per unit, and joint reporters share it.
    """

    event_id: str
    kind: EventKind
    origin_id: UUID
    unit_id: UUID
    unit_name: str
    level: Level | None
    happened_on: date
    label: str
    title: str
    system: System
    node: str
    at: datetime
    info_type: InfoType | None = None
    periodical_kind: PeriodicalKind | None = None
    mode: AdoptionMode | None = None
    leader_rank: LeaderRank | None = None
    adoption_id: UUID | None = None

    @property
    def period(self) -> str:
        """The month that the event counts in, such as 2026-11."""
        return f"{self.happened_on:%Y-%m}"


@dataclass(frozen=True)
class ScoreEntry:
    """Points of one unit from one event, with everything needed to check and to appeal.

    `points_before` is what the rule gives after multiplier and split; `points` is what is left
    after stacking and caps; `reason` says in Chinese how one became the other.
    """

    event_id: str
    unit_id: UUID
    origin_id: UUID
    happened_on: date
    period: str
    ruleset_id: str
    ruleset_version: int
    rule_id: str
    multiplier_rule_id: str | None
    points_before: Decimal
    points: Decimal
    reason: str
