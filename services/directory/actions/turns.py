"""Who waits for whom: writers of the directory take turns where a rule looks at several rows."""

from __future__ import annotations

from services.kernel.runtime.storing import outbox
from services.kernel.runtime.storing.transaction import Transaction


async def take_turn(tx: Transaction, what: str) -> None:
    """Wait until nobody else changes `what`; the turn ends with the transaction."""
    await outbox.lock(tx.session, f"directory.{what}")


async def take_administration_turn(tx: Transaction) -> None:
    """Administrators change units, officers and peers one after the other: rules span rows."""
    await take_turn(tx, "administration")
