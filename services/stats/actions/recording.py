"""A score event is recorded once, and its item's entries are computed anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from services.kernel.language.events.parts import SubmissionFact
from services.kernel.runtime.storing.outbox import lock
from services.kernel.runtime.storing.transaction import Transaction
from services.stats import metrics
from services.stats.model import StoredEvent
from services.stats.policy import Ruleset, ScoreEvent, events_of, score
from services.stats.store import events as store
from services.stats.store.rulesets import list_rulesets

SCORES_CHANNEL = "scores"


async def record_fact(tx: Transaction, fact: SubmissionFact) -> None:
    """Record what a fact is worth here; a fact that is no score event here changes nothing."""
    events = events_of(fact, tx.node.node_id)
    if not events:
        return
    await take_turn(tx)
    if any([await _keep(tx, event) for event in events]):
        await rescore(tx, [fact.item.origin_id])
        tx.signal(SCORES_CHANNEL)


async def take_turn(tx: Transaction) -> None:
    """One writer of scores at a time: two events of one item must see each other."""
    await lock(tx.session, "scores")


async def rescore(tx: Transaction, origins: Collection[UUID]) -> None:
    """Compute the entries of these items, and of all that is counted together with them, anew."""
    await tx.session.flush()
    rulesets = await list_rulesets(tx.session)
    related = await store.list_related(tx.session, origins)
    if _has_unit_caps(rulesets):
        related = await store.list_related(tx.session, await store.list_origins_of_units(tx.session, related))
    rows = await store.list_events(tx.session, related)
    scoring = score([store.score_event(row) for row in rows], rulesets)
    await store.replace_entries(tx.session, related, scoring.entries)
    for row in rows:
        if row.is_unmatched != (row.event_id in scoring.unmatched):
            row.is_unmatched = not row.is_unmatched
            tx.session.add(row)


async def _keep(tx: Transaction, event: ScoreEvent) -> bool:
    """Keep the event; of two tellings the earlier one stays. Says whether anything changed."""
    known = await tx.session.get(StoredEvent, event.event_id, populate_existing=True)
    if known is None:
        tx.session.add(store.stored(event, recorded_at=tx.now))
        metrics.EVENTS.labels(tx.node.node_id, event.kind).inc()
        return True
    row = store.stored(event, recorded_at=known.recorded_at)
    if _precedence(row) >= _precedence(known):
        return False
    for name, value in row.model_dump(exclude={"event_id", "is_unmatched"}).items():
        setattr(known, name, value)
    tx.session.add(known)
    return True


def _precedence(row: StoredEvent) -> tuple[object, ...]:
    return (row.at, row.happened_on, row.title, row.label, row.unit_name)


def _has_unit_caps(rulesets: Sequence[Ruleset]) -> bool:
    return any(rule.cap and rule.cap.scope == "unit" for ruleset in rulesets for rule in ruleset.rules)
