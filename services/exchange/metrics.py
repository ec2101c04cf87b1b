"""Metrics of the exchange: name, kind, unit and what a rise means."""

from prometheus_client import Counter, Gauge

LANE = ("node", "peer", "lane")

UNRECEIPTED_AGE = Gauge(
    "shangda_exchange_unreceipted_age_seconds",
    "Age of the oldest fact that the peer has not receipted; a rise: the link is down or slow",
    LANE,
)
UNRECEIPTED = Gauge(
    "shangda_exchange_unreceipted_facts", "Facts without a receipt; a rise: the link is down or catches up", LANE
)
WAITING = Gauge(
    "shangda_exchange_waiting_facts",
    "Facts that have no number yet, part of those without a receipt; a rise: the peer has not answered since the start",
    LANE,
)
LINK_UP = Gauge(
    "shangda_exchange_link_up", "1 while the link to the peer carries; 0: down, paused or stopped", ("node", "peer")
)
GAPS = Counter(
    "shangda_exchange_gap", "Gaps seen in what a peer sent; repeated: something on the road loses batches", LANE
)
FORKS = Counter("shangda_exchange_fork", "Forks that stopped a lane; any needs both administrators", LANE)
CONFLICTS = Gauge(
    "shangda_exchange_open_conflicts", "Refused or conflicting messages nobody has settled; any needs a look", ("node",)
)
DISPATCHED = Counter("shangda_exchange_dispatched_facts", "Facts written for a peer", LANE)
ARRIVED = Counter("shangda_exchange_arrived_facts", "Facts that came from a peer and were stored", LANE)
SET_ASIDE = Counter(
    "shangda_exchange_set_aside_facts",
    "Facts that arrived and could not be told here: stored and receipted; any needs a look",
    LANE,
)
MISSING_FILES = Gauge(
    "shangda_exchange_missing_files",
    "Attachments that the peer shall have or bring and that are not here after several tries; any needs a look",
    ("node", "peer"),
)
BATCHES = Counter("shangda_exchange_batches", "Batches that came, by verdict", (*LANE, "verdict"))
RECEIPTS = Counter("shangda_exchange_receipts", "Receipts that came, by what they meant", (*LANE, "meaning"))
RESENDS = Counter(
    "shangda_exchange_resends", "Batches sent again for want of a receipt; a rise: the peer does not answer", LANE
)
