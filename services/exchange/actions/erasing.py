"""Erasure in the ledger: the bytes of a fact leave it, its digest stays, so that the chain still verifies."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from services.exchange.actions.admitting import admit
from services.exchange.policy.permissions import Act
from services.exchange.store.files import give_up_erased
from services.exchange.store.ledger import erase_rows, erase_rows_naming
from services.exchange.store.queue import erase_queued
from services.kernel.language.refusal import NotFound
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer


async def erase_fact(tx: Transaction, event_id: str, *, by: Officer | None, reason: str) -> int:
    """Erase bytes and salt of every row that carries a fact, numbered or not; how many rows that were.

    Raises:
        NotFound: No row with bytes carries this fact.
    """
    erased = await erase_rows(tx.session, event_id) + await erase_queued(tx.session, event_id) if event_id else 0
    if not erased:
        raise NotFound
    tx.audit("fact.erased", event_id, by=admit(by, Act.ERASE), details={"rows": erased, "reason": reason})
    return erased


async def erase_item(tx: Transaction, origin_id: UUID) -> int:
    """Erase every row that carries a fact about an item, numbered or not; how many."""
    return await erase_rows_naming(tx.session, origin_id)


async def give_up_files(context: ServiceContext, digests: Collection[str]) -> None:
    """Neither send nor ask for files that are erased."""
    if digests:
        async with context.database.transaction(context.clock()) as tx:
            await give_up_erased(tx.session, digests, now=tx.now)
