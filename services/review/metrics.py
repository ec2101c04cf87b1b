"""What review counts."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

WAITING = Gauge(
    "shangda_review_waiting_items",
    "Items by state in which somebody owes a step; a rise: checking, signing or editing falls behind",
    ("node", "status"),
)
OLDEST_OPEN_AGE = Gauge(
    "shangda_review_oldest_open_age_seconds",
    "Age of the oldest item in the editors' queue; a rise: something is left lying",
    ("node",),
)
OVERDUE = Gauge(
    "shangda_review_overdue_items",
    "Open items past their target time; above 0 for emergencies somebody must act",
    ("node", "urgent"),
)
ISSUES_SIGNED = Counter("shangda_review_issues_signed", "Issues signed", ("node",))
