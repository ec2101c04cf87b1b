"""Scoring by rules that change: every event under the rule set of its day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.stats.policy.credit import (
    Credit,
    credit_of,
    once_per_adoption,
    rounded,
    rule_for,
    sharers_of,
    standing_events,
)
from services.stats.policy.event import ScoreEntry, ScoreEvent
from services.stats.policy.ruleset import NoRulesetInForce, Ruleset, ruleset_on
from services.stats.policy.scoring import entry_of, limited


@dataclass(frozen=True)
class Scoring:
    """The entries of some events, and the ids of those that no rule or no rule set covers."""

    entries: tuple[ScoreEntry, ...]
    unmatched: frozenset[str]


def score(events: Iterable[ScoreEvent], rulesets: Sequence[Ruleset]) -> Scoring:
    """Score events under dated rule sets; order and repetition of events do not matter.

    Each rule set also looks back at what earlier ones paid for the same item or unit, so that a
    change of rules pays nothing twice; it never changes an entry of a day before it began.
    """
    events = list(events)
    ruled = [(event, _in_force(rulesets, event)) for event in events]
    unmatched = {event.event_id for event, ruleset in ruled if ruleset is None}
    entries: list[ScoreEntry] = []
    in_order = sorted(rulesets, key=lambda one: (one.ruleset.effective_from, one.version))
    for current in in_order:
        standing = standing_events([event for event, ruleset in ruled if ruleset], current)
        sharers = sharers_of(standing)
        own = {event.event_id for event, ruleset in ruled if ruleset is current}
        last = max((event.happened_on for event, ruleset in ruled if ruleset is current), default=None)
        seen = [(event, _in_force(rulesets, event)) for event in standing if last and event.happened_on <= last]
        unmatched |= {event.event_id for event, _ in seen if event.event_id in own and not rule_for(event, current)}
        earned = [
            replace(credit, ruleset_no=in_order.index(ruleset))
            for event, ruleset in seen
            if ruleset and (credit := credit_of(event, ruleset, sharers=sharers(event)))
        ]
        entries += _entries(earned, current, own)
    return Scoring(tuple(entries), frozenset(unmatched))


def floored(total: Decimal, ruleset: Ruleset | None) -> Decimal:
    """A month's total, not below the floor of the rule set in force."""
    if ruleset is None:
        return total
    floor = ruleset.policies.score_floor_month
    return rounded(total if floor is None else max(floor, total), ruleset)


def _entries(earned: list[Credit], ruleset: Ruleset, own: set[str]) -> list[ScoreEntry]:
    worked = limited(once_per_adoption(earned), ruleset)
    return [entry_of(credit, ruleset) for credit in worked if credit.event.event_id in own]


def _in_force(rulesets: Sequence[Ruleset], event: ScoreEvent) -> Ruleset | None:
    try:
        return ruleset_on(rulesets, event.happened_on)
    except NoRulesetInForce:
        return None
