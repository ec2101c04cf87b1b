"""The kernel's metrics: name, kind, unit and what a rise means. One process registry, labelled by node and service."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

WHERE = ("node", "service")

OUTBOX_UNPUBLISHED_AGE = Gauge(
    "shangda_outbox_unpublished_age_seconds",
    "Age of the oldest fact not yet on the broker; a rise: the broker is away",
    WHERE,
)
OUTBOX_UNPUBLISHED = Gauge(
    "shangda_outbox_unpublished_facts", "Facts waiting for the broker; a rise: it is away or slow", WHERE
)
OUTBOX_PUBLISHED = Counter("shangda_outbox_published_facts", "Facts acknowledged by the broker", WHERE)
OUTBOX_BLOCKED = Gauge(
    "shangda_outbox_blocked", "1 while nothing is told: the database is older than what it told", WHERE
)
INBOX_APPLIED = Counter("shangda_inbox_applied_events", "Events that took effect", WHERE)
INBOX_SEEN = Counter(
    "shangda_inbox_seen_events", "Events dropped as already applied; a rise: something re-publishes", WHERE
)
INBOX_PARKED = Gauge(
    "shangda_inbox_parked_events", "Events that failed and wait for a person; any rise needs one", WHERE
)
INBOX_HELD = Gauge("shangda_inbox_held_events", "Events that wait for their predecessor", WHERE)
INBOX_HELD_AGE = Gauge(
    "shangda_inbox_held_age_seconds", "Age of the oldest held event; above 60 s a fact is missing", WHERE
)
INBOX_STOPPED = Gauge("shangda_inbox_stopped", "1 while a consumer has stopped after too many parked events", WHERE)
AGENT_RESTARTS = Counter(
    "shangda_agents_restarts", "Times an agent app was built anew; a rise: crashes or lost assignments", WHERE
)
AGENT_ASSIGNED = Gauge(
    "shangda_agents_assigned", "1 while the service's agents hold their partitions", (*WHERE, "lane")
)
REQUESTS = Histogram(
    "shangda_http_request_seconds", "Time to answer a request, by service and status class", (*WHERE, "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
FAULTS = Counter("shangda_http_faults", "Requests that ended in a bug (500); any rise needs a person", WHERE)
