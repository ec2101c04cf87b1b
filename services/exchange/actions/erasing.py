"""Erasure: the bytes of a fact leave the ledger, its digest stays, so that the chain still verifies."""

from __future__ import annotations

from services.exchange.store.ledger import erase_rows
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.refusal import NotFound
from services.kernel.runtime.transaction import Transaction


async def erase_fact(tx: Transaction, event_id: str, *, by: OfficerRef | None, reason: str) -> int:
    """Erase bytes and salt of every row that carries a fact; how many rows that were.

    Raises:
        NotFound: No row with bytes carries this fact.
    """
    erased = await erase_rows(tx.session, event_id) if event_id else 0
    if not erased:
        raise NotFound
    tx.audit("fact.erased", event_id, by=by, details={"rows": erased, "reason": reason})
    return erased
