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
    "shangda_outbox_blocked", "1 while nothing is written or told: the database is older than what it told", WHERE
)
OUTBOX_LOST = Counter(
    "shangda_outbox_lost_facts",
    "Facts that the broker had taken and lost, published again; a rise: its disk was emptied or its log cut",
    WHERE,
)
OUTBOX_ASIDE = Gauge(
    "shangda_outbox_aside_facts", "Facts that cannot be sent as they are; their keys wait for a person", WHERE
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
INBOX_UNAPPLIED = Gauge(
    "shangda_inbox_unapplied_facts",
    "Facts told for a listener that have not taken effect, by what holds them up; a rise: it lags or stands still",
    (*WHERE, "lane", "teller", "reason"),
)
INBOX_UNAPPLIED_AGE = Gauge(
    "shangda_inbox_unapplied_age_seconds",
    "Age of the oldest of them; a rise with reason not_arrived: facts are on the broker and nobody applies them",
    (*WHERE, "lane", "teller", "reason"),
)
INBOX_STANDS_STILL = Gauge(
    "shangda_inbox_stands_still",
    "1 while a listener applies nothing although facts are there for it; the node is not ready then",
    (*WHERE, "lane", "teller"),
)
INBOX_TELLER_SILENT = Gauge(
    "shangda_inbox_teller_silent",
    "1 while a listener cannot ask the teller what it told; its progress is not known then",
    (*WHERE, "lane", "teller"),
)
INBOX_ASKED_AGAIN = Counter(
    "shangda_inbox_asked_again_facts",
    "Facts that the broker lost and the teller told once more; a rise: the broker loses records",
    (*WHERE, "teller"),
)
INBOX_BRAKED = Gauge(
    "shangda_inbox_braked",
    "Consumers that hold back what a node sends, after too many parked events of it; any rise needs a person",
    (*WHERE, "source"),
)
INBOX_UNKNOWN = Counter(
    "shangda_inbox_unknown_events",
    "Events of a type or version that is not known here, by the node they come from; a rise: it was upgraded first",
    (*WHERE, "source"),
)
INBOX_PASSED_OVER = Counter(
    "shangda_inbox_passed_over_events",
    "Events read while too much was held, to be read again; a rise: a fact is missing for long, republish its key",
    WHERE,
)
INBOX_REREAD = Counter(
    "shangda_inbox_reread_partitions",
    "Partitions read again from their beginning; a rise: the broker lost data or its topics were made again",
    WHERE,
)
AGENT_ESCAPES = Counter(
    "shangda_agents_escapes",
    "Faults that escaped the reading of events; any rise is a bug, the app is built anew",
    WHERE,
)
AGENT_RESTARTS = Counter(
    "shangda_agents_restarts", "Times an agent app was built anew; a rise: crashes or lost assignments", WHERE
)
AGENT_ASSIGNED = Gauge(
    "shangda_agents_assigned", "1 while the service's agents hold their partitions", (*WHERE, "lane")
)
JOBS_ENDED = Counter(
    "shangda_jobs_ended",
    "Times a supervised job ended unasked and was started again; any rise is a fault of ours",
    (*WHERE, "task"),
)
LEASES_LOST = Counter(
    "shangda_leases_lost", "Rights to act alone that were lost; a rise: the database goes away or cuts sessions", WHERE
)
DATABASE_UNWRITABLE = Gauge(
    "shangda_database_unwritable", "1 while the database refuses writes: disk full, read-only, or away", WHERE
)
PROCESS_TASKS = Gauge(
    "shangda_process_tasks",
    "Tasks of the process's event loop; a steady rise: something is started and never ends",
    ("node",),
)
REQUESTS = Histogram(
    "shangda_http_request_seconds", "Time to answer a request, by service and status class", (*WHERE, "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
FAULTS = Counter("shangda_http_faults", "Requests that ended in a bug (500); any rise needs a person", WHERE)
KEEPING_REMOVED = Counter(
    "shangda_keeping_removed_rows",
    "Old rows emptied or deleted by retention, by kind; none for weeks: compaction does not run",
    (*WHERE, "kind"),
)
KEEPING_KEPT_FOR = Gauge(
    "shangda_keeping_kept_for_listener_seconds",
    "How far beyond its time content is kept for a listener that has not applied it; a rise: it is away or stands still",
    (*WHERE, "listener"),
)
KEEPING_LOST = Counter(
    "shangda_keeping_emptied_unapplied_facts",
    "Facts emptied at last that a listener never applied; any rise: what they said is missing there",
    WHERE,
)
KEEPING_CLOCK_AHEAD = Gauge(
    "shangda_keeping_clock_ahead_seconds",
    "How far the clock is ahead of the time that retention goes by; above a day: the clock is wrong or the node was off",
    WHERE,
)
DATABASE_SIZE = Gauge(
    "shangda_database_size_bytes",
    "What a service's database takes on the disk; docs/reference/growth.md has the plan",
    WHERE,
)
BACKUP_TAKEN = Gauge(
    "shangda_backup_taken_timestamp_seconds",
    "When the last backup of the node was taken, 0 for never; standing still for two days: the timer does not run",
    ("node",),
)
