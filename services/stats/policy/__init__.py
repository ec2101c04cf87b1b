"""Pure rules of scoring: events in, explained points out, by rules that are data."""

from services.stats.policy.dated import Scoring, floored, score
from services.stats.policy.event import EventKind, ScoreEntry, ScoreEvent
from services.stats.policy.happening import events_of
from services.stats.policy.period import Period
from services.stats.policy.ruleset import NoRulesetInForce, Ruleset, ruleset_on

__all__ = [
    "EventKind",
    "NoRulesetInForce",
    "Period",
    "Ruleset",
    "ScoreEntry",
    "ScoreEvent",
    "Scoring",
    "events_of",
    "floored",
    "ruleset_on",
    "score",
]
