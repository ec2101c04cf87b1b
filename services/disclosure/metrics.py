"""What disclosure measures: texts on their way, what is late, and what is on the portal."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

WAITING = Gauge(
    "shangda_disclosure_waiting_items",
    "Public texts by state in which somebody owes a step; a rise: writing, reviewing or publishing falls behind",
    ("node", "status"),
)
OLDEST_REVIEW_AGE = Gauge(
    "shangda_disclosure_oldest_review_age_seconds",
    "Age of the longest waiting confidentiality review; a rise: the reviewer is absent",
    ("node",),
)
OVERDUE = Gauge(
    "shangda_disclosure_overdue_items",
    "Texts not published by their due date, by limit (internal, statutory); above 0 for statutory breaks the law",
    ("node", "limit"),
)
ON_PORTAL = Gauge(
    "shangda_disclosure_portal_items",
    "Texts on the portal and tombstones left there; a fall of the first: something was taken down",
    ("node", "state"),
)
PUBLISHED = Counter("shangda_disclosure_published", "Texts published", ("node",))
REVOKED = Counter("shangda_disclosure_revoked", "Texts taken off the portal", ("node",))
