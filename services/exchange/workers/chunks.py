"""Contents of the bulk lane: added to rows that leave, kept on the disk before rows are receipted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from services.exchange.actions import Border
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.policy import chunks
from services.exchange.policy.chain import Row
from services.exchange.policy.judgement import is_proven
from services.exchange.policy.wire import Message
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.files import AsyncFileStore, FileNotHere
from services.kernel.runtime.service import ServiceContext

log = structlog.get_logger()


async def with_content(context: ServiceContext, border: Border, rows: Sequence[Row]) -> list[Row]:
    """The rows with the pieces of file that they describe; of an erased file the row goes alone."""
    if border.lane != Lane.BULK:
        return list(rows)
    store = AsyncFileStore(context.files)
    return [await _with_piece(store, row) for row in rows]


async def keep_content(context: ServiceContext, border: Border, messages: Sequence[Message]) -> list[Message]:
    """Put the pieces of proven batches on the disk; the batches whose rows may be stored now.

    A piece that is not the one its row promises makes the whole batch worthless: it comes again.
    """
    kept = []
    for message in messages:
        is_ours = is_proven(message, chain=border.inward, keys=border.peer_keys)
        if not is_ours or await _keep_pieces(context, border, message):
            kept.append(message)
    return kept


async def _with_piece(store: AsyncFileStore, row: Row) -> Row:
    try:
        chunk = chunks.read(row.body)
        return replace(row, content=await store.read(chunk.sha256, chunk.offset, chunk.length))
    except (chunks.ChunkUnreadable, FileNotHere):
        return row


async def _keep_pieces(context: ServiceContext, border: Border, message: Message) -> bool:
    store = AsyncFileStore(context.files)
    for row in message.rows:
        if row.is_erased:
            continue
        if not await _keep_piece(context, store, row):
            log.error("exchange.chunk.damaged", link=border.inward.link, n=row.n)
            async with context.database.transaction(context.clock()) as tx:
                await keep_conflict(tx, border.inward, "damaged", epoch=message.statement.tip.epoch, n=row.n)
            if row.content:
                return False
    return True


async def _keep_piece(context: ServiceContext, store: AsyncFileStore, row: Row) -> bool:
    """Keep one piece; False when it is absent or not what the row says."""
    try:
        chunk = chunks.read(row.body)
        if not chunks.fits(chunk, row.content):
            return False
        if await store.put_part(chunk.sha256, chunk.offset, row.content, chunk.size):
            context.signals.publish("files")
    except (chunks.ChunkUnreadable, Refusal) as fault:
        log.error("exchange.chunk.refused", fault=repr(fault)[:200])
        return False
    return True
