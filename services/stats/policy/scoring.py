"""Scoring as a whole: events and a rule set in, explained score entries out."""

from collections.abc import Iterable
from decimal import Decimal

from services.stats.policy.credit import (
    Credit,
    countable_events,
    credits_of,
    once_per_adoption,
    rounded,
    rule_for,
    zh,
)
from services.stats.policy.event import EventKind, ScoreEntry, ScoreEvent
from services.stats.policy.ruleset import Ruleset
from services.stats.policy.stacking import best_level_only, cap_leader_bonus, cap_rules, stack


def evaluate(events: Iterable[ScoreEvent], ruleset: Ruleset) -> list[ScoreEntry]:
    """Score events under a rule set; the order and the repetition of events do not matter.

    Pass all events of an item and of a year, since stacking and caps look back. Units that the
    node does not govern take their share too: leave their entries out afterwards, not before.
    """
    earned = [credit for event in countable_events(events, ruleset) for credit in credits_of(event, ruleset)]
    return [entry_of(credit, ruleset) for credit in limited(once_per_adoption(earned), ruleset)]


def limited(earned: list[Credit], ruleset: Ruleset) -> list[Credit]:
    """What is left of credits, oldest first, after stacking and caps."""
    for step in (stack, best_level_only, cap_leader_bonus, cap_rules):
        earned = step(earned, ruleset)
    return earned


def unscored_events(events: Iterable[ScoreEvent], ruleset: Ruleset) -> list[ScoreEvent]:
    """Countable events that no rule pays for, so that a gap in the rules is seen."""
    return [event for event in countable_events(events, ruleset) if not rule_for(event, ruleset)]


def monthly_scores(entries: Iterable[ScoreEntry], ruleset: Ruleset) -> dict[tuple[str, str], Decimal]:
    """Total of each (period, unit id), not below the floor of the rule set."""
    totals: dict[tuple[str, str], Decimal] = {}
    for entry in entries:
        key = (entry.period, entry.unit_id)
        totals[key] = totals.get(key, Decimal(0)) + entry.points
    floor = ruleset.policies.score_floor_month
    return {key: rounded(total if floor is None else max(floor, total), ruleset) for key, total in totals.items()}


def entry_of(credit: Credit, ruleset: Ruleset) -> ScoreEntry:
    """The credit as it is kept and explained."""
    event = credit.event
    return ScoreEntry(
        event_id=event.event_id,
        unit_id=credit.unit_id,
        origin_id=event.origin_id,
        event=event.event,
        level=event.level,
        happened_on=event.happened_on,
        period=event.period,
        ruleset_id=ruleset.id,
        ruleset_version=ruleset.version,
        rule_id=credit.rule.id,
        multiplier_rule_id=credit.multiplier.id if credit.multiplier else None,
        points_before=credit.points,
        points=rounded(credit.left, ruleset),
        reason=_reason(credit),
    )


def _reason(credit: Credit) -> str:
    what = credit.event.label or EventKind(credit.event.event).label
    return f"{what}：{'，'.join(credit.notes)}；计{zh(credit.left)}分"
