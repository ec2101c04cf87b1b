"""First half of scoring: which rule pays for an event, and each unit's share of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from services.stats.policy.event import EventKind, ScoreEvent
from services.stats.policy.ruleset import CRITERIA, Rule, Ruleset


@dataclass(frozen=True)
class Credit:
    """What one unit gets from one event, on its way through stacking and caps.

    `ruleset_no` counts the rule sets: what an earlier one paid within a month stands like an earlier month.
    """

    event: ScoreEvent
    rule: Rule
    multiplier: Rule | None
    points: Decimal
    left: Decimal
    notes: tuple[str, ...] = ()
    ruleset_no: int = 0

    def leave(self, points: Decimal, note: str) -> "Credit":
        """The same credit with other points left, and why."""
        return replace(self, left=points, notes=(*self.notes, note))


def standing_events(events: Iterable[ScoreEvent], ruleset: Ruleset) -> list[ScoreEvent]:
    """Events of any day, each once, oldest first."""
    by_id = {event.event_id: event for event in sorted(events, key=_order, reverse=True)}
    ordered = sorted(by_id.values(), key=_order)
    return _first_submissions(ordered) if ruleset.policies.duplicate_submission == "first_only" else ordered


def rule_for(event: ScoreEvent, ruleset: Ruleset, *, multiplier: bool = False) -> Rule | None:
    """The most specific rule in force that matches; of equally specific ones, the best paying.

    A rule is the more specific, the more of level, periodical kind, type, mode and rank it names.
    """
    matching = [
        rule
        for rule in ruleset.rules
        if rule.is_multiplier is multiplier
        and rule.event == event.kind
        and rule.is_in_force_on(event.happened_on)
        and all(getattr(rule, name) is None or getattr(rule, name) == getattr(event, name) for name in CRITERIA)
    ]
    return min(matching, key=lambda rule: (-rule.specificity, -rule.points, rule.id), default=None)


def sharers_of(events: Iterable[ScoreEvent]) -> Callable[[ScoreEvent], int]:
    """How many units share what an event tells of one of them: an adoption is told for each, all on the issue's day."""
    units: dict[tuple[UUID, date], set[UUID]] = defaultdict(set)
    for event in events:
        if event.kind == EventKind.ADOPTED and event.adoption_id:
            units[event.adoption_id, event.happened_on].add(event.unit_id)

    def count(event: ScoreEvent) -> int:
        if event.kind != EventKind.ADOPTED or event.adoption_id is None:
            return 1
        return len(units[event.adoption_id, event.happened_on])

    return count


def credit_of(event: ScoreEvent, ruleset: Ruleset, *, sharers: int) -> Credit | None:
    """What the event gives its unit, one of those that share it; None if no rule pays for it.

    A share is rounded half up; the rest of an uneven split goes to nobody, so that joint
    reporters stay equal.
    """
    rule = rule_for(event, ruleset)
    if rule is None:
        return None
    factor = rule_for(event, ruleset, multiplier=True)
    points, notes = rule.points, [f"{_rule_name(rule)}{zh(rule.points)}分"]
    if factor:
        points *= factor.points
        notes.append(f"{_rule_name(factor)}×{zh(factor.points)}")
    split = (factor and factor.split) or rule.split or ruleset.defaults.split
    if split == "equal" and sharers > 1:
        points /= sharers
        notes.append(f"{sharers}个单位均分")
    share = rounded(points, ruleset)
    return Credit(event, rule, factor, share, share, tuple(notes))


def once_per_adoption(earned: Iterable[Credit]) -> list[Credit]:
    """Drop an adoption told twice; a unit with two items in one compiled text is paid once."""
    told: dict[tuple[UUID, UUID], set[UUID]] = {}
    kept = []
    for credit in earned:
        event = credit.event
        if event.kind != EventKind.ADOPTED or event.adoption_id is None:
            kept.append(credit)
            continue
        items = told.setdefault((event.adoption_id, event.unit_id), set())
        if event.origin_id in items:
            continue
        kept.append(credit.leave(Decimal(0), "本单位在同一次采用中已计分") if items else credit)
        items.add(event.origin_id)
    return kept


def rounded(points: Decimal, ruleset: Ruleset) -> Decimal:
    """Points rounded half up to the digits that the rule set keeps."""
    digits = Decimal(1).scaleb(-ruleset.defaults.rounding)
    return points.quantize(digits, rounding=ROUND_HALF_UP)


def zh(points: Decimal) -> str:
    """Points as they are printed: no zeros at the end, no exponent."""
    return f"{points.normalize() + 0:f}"


def as_number(points: Decimal) -> int | float:
    """Points as a plain number: whole where they are."""
    return int(points) if points == points.to_integral_value() else float(points)


def _order(event: ScoreEvent) -> tuple[str, ...]:
    return (event.happened_on.isoformat(), event.event_id, repr(event))


def _first_submissions(events: list[ScoreEvent]) -> list[ScoreEvent]:
    seen: set[UUID] = set()
    kept = []
    for event in events:
        if event.kind == EventKind.SUBMISSION_COUNTED:
            if event.origin_id in seen:
                continue
            seen.add(event.origin_id)
        kept.append(event)
    return kept


def _rule_name(rule: Rule) -> str:
    return f"{rule.name}（{rule.id}）" if rule.name else rule.id
