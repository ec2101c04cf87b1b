"""What stats measures: events that score, and events for which the rules have no answer."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

EVENTS = Counter(
    "shangda_stats_score_events",
    "Score events recorded, by kind; none for long while items are adopted means that stats does not hear.",
    ["node", "kind"],
)
UNMATCHED = Gauge(
    "shangda_stats_unmatched_events",
    "Score events that no rule in force covers; above 0 units go without points that they may be owed.",
    ["node"],
)
