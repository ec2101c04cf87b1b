"""Pure rules of scoring: events in, explained points out, by rules that are data."""

from services.stats.policy.event import EventKind, ScoreEntry, ScoreEvent
from services.stats.policy.ruleset import NoRulesetInForce, Ruleset, read_ruleset, ruleset_on
from services.stats.policy.scoring import evaluate, monthly_scores, unscored_events

__all__ = [
    "EventKind",
    "NoRulesetInForce",
    "Ruleset",
    "ScoreEntry",
    "ScoreEvent",
    "evaluate",
    "monthly_scores",
    "read_ruleset",
    "ruleset_on",
    "unscored_events",
]
