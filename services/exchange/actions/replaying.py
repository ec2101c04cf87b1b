"""After a restore: what this node's exchange had told is put back into its own tables."""

from __future__ import annotations

from services.exchange.actions.delivering import keep_delivery
from services.exchange.actions.erasures import keep_declined, keep_erasure
from services.exchange.store.lanes import lock_link
from services.kernel.language.events.exchange import (
    ErasureDecided,
    ErasureDeclined,
    LinkStateChanged,
    SubmissionDelivered,
)
from services.kernel.runtime.storing.transaction import Transaction


async def replay_delivery(tx: Transaction, told: SubmissionDelivered) -> None:
    """Note that a hop was told delivered, so that it is not told again."""
    await keep_delivery(tx, told)


async def replay_link_state(tx: Transaction, told: LinkStateChanged) -> None:
    """Note the state that a link was told to be in last."""
    link = await lock_link(tx.session, told.peer)
    if link.state_since is None or link.state_since < told.at:
        link.state, link.state_since = told.state.value, told.at
        tx.session.add(link)


async def replay_erasure(tx: Transaction, told: ErasureDecided) -> None:
    """An item was to be erased and the backup still has it: it is erased again."""
    await keep_erasure(tx, told)


async def replay_declined(tx: Transaction, told: ErasureDeclined) -> None:
    """A neighbour has had its answer."""
    await keep_declined(tx, told)
