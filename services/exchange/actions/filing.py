"""Files: their chunks become rows of the bulk lane."""

from __future__ import annotations

from collections.abc import Sequence

from services.exchange.actions.dispatching import Outgoing, append_rows
from services.exchange.model import FileDue
from services.exchange.policy.chain import Chain, link_name
from services.exchange.policy.chunks import CHUNK_TYPE, Chunk, describe
from services.exchange.store.routes import mark_dispatched
from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.transaction import Transaction


async def dispatch_file(tx: Transaction, due: FileDue, chunks: Sequence[Chunk]) -> bool:
    """Put a file's chunks on the bulk lane to the peer that shall have it; False when they are there already."""
    if not await mark_dispatched(tx.session, due, now=tx.now):
        return False
    chain = Chain(link_name(tx.node.node_id, due.peer), Lane.BULK.value)
    await append_rows(tx, [Outgoing(chain, "", CHUNK_TYPE, describe(chunk), chunk.length) for chunk in chunks])
    return True
