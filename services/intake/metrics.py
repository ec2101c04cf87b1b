"""What intake measures: unfinished work at the source, and items that do not get through."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

DRAFTS = Gauge(
    "shangda_intake_drafts_items",
    "Drafts of this node's units; a steady rise means that people begin and do not submit.",
    ["node"],
)
RETURNED_WAITING = Gauge(
    "shangda_intake_returned_waiting_items",
    "Returned items not yet amended; a rise means that units leave them lying.",
    ["node"],
)
UNDELIVERED_AGE = Gauge(
    "shangda_intake_undelivered_age_seconds",
    "Age of the oldest reported item without a receipt from the superior node; a rise means that the link is down.",
    ["node"],
)
SUBMITTED = Counter(
    "shangda_intake_submitted_items_total",
    "Items submitted by this node's units, first time or again.",
    ["node", "info_type"],
)
