"""Facts told elsewhere: their line in the history here, and what they change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.parts import SubmissionFact
from services.kernel.language.timeline import timeline_entry
from services.kernel.runtime.transaction import Transaction
from services.review.actions.telling import history_row
from services.review.store.items import is_noted


async def note_fact(tx: Transaction, fact: SubmissionFact | SubmissionDelivered) -> bool:
    """Keep the line of a fact in its item's history, once.

    Returns:
        False when this very event was noted before, so that nothing more is to be done.
    """
    event_id = tx.cause.id if tx.cause else None
    if event_id and await is_noted(tx.session, event_id):
        return False
    entry = timeline_entry(fact)
    if entry is not None:
        origin_id = origin_of(fact)
        tx.session.add(history_row(origin_id, entry, event_id=event_id))
        await tx.session.flush()
        tx.signal(f"item:{origin_id}")
    return True


def origin_of(fact: Any) -> UUID:
    """The item that a fact is about."""
    origin_id: UUID = fact.origin_id if isinstance(fact, SubmissionDelivered) else fact.item.origin_id
    return origin_id
