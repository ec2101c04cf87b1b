"""Contents of the bulk lane: added to rows that leave, kept on the disk before rows are receipted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from services.exchange.actions import Border
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.policy import chunks
from services.exchange.policy.chain import Row, Tip
from services.exchange.policy.judgement import is_proven
from services.exchange.policy.signature import Kind, Statement
from services.exchange.policy.wire import Message
from services.exchange.store.files import await_files, erased_among_files, files_wanted, note_asked, note_came
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.uploads.files import AsyncFileStore, FileNotHere

log = structlog.get_logger()


async def with_content(context: ServiceContext, border: Border, rows: Sequence[Row]) -> list[Row]:
    """The rows with the pieces of file that they describe; of an erased file the row goes alone."""
    if border.lane != Lane.BULK:
        return list(rows)
    store = AsyncFileStore(context.files)
    return [await _with_piece(store, row) for row in rows]


async def keep_content(context: ServiceContext, border: Border, messages: Sequence[Message]) -> None:
    """Put the pieces of proven batches on the disk, before their rows are stored and receipted.

    A piece that is absent, or is not the one that its row promises, stops nothing: it is kept as a
    conflict, and its file is asked for again as long as it is not whole.
    """
    for message in messages:
        if is_proven(message, chain=border.inward, keys=border.peer_keys):
            await _keep_pieces(context, border, message)


async def wanted_files(context: ServiceContext, border: Border) -> list[Statement]:
    """What to ask the peer for: files that it should have brought and that are not whole here."""
    async with context.database.reading() as session:
        due = await files_wanted(session, border.peer, now=context.clock())
    if not due:
        return []
    store = AsyncFileStore(context.files)
    here = [one.sha256 for one in due if await store.has(one.sha256)]
    missing = [one for one in due if one.sha256 not in here]
    async with context.database.transaction(context.clock(), rank=Rank.ROUTINE) as tx:
        await note_came(tx.session, here, now=tx.now)
        for one in missing:
            await note_asked(tx.session, one, now=tx.now)
    return [
        Statement(Kind.WANT_FILE, border.inward, Tip(1, one.size, bytes.fromhex(one.sha256)), context.clock())
        for one in missing
    ]


async def _with_piece(store: AsyncFileStore, row: Row) -> Row:
    try:
        chunk = chunks.read(row.body)
        return replace(row, content=await store.read(chunk.sha256, chunk.offset, chunk.length))
    except (chunks.ChunkUnreadable, FileNotHere):
        return row


async def _keep_pieces(context: ServiceContext, border: Border, message: Message) -> None:
    store = AsyncFileStore(context.files)
    coming: dict[str, int] = {}
    came: list[str] = []
    damaged: list[int] = []
    erased = await _erased_in(context, message)
    for row in message.rows:
        if row.is_erased or row.n in erased:
            continue
        try:
            chunk = chunks.read(row.body)
        except chunks.ChunkUnreadable:
            damaged.append(row.n)
            continue
        coming[chunk.sha256] = chunk.size
        is_kept, is_whole = await _keep_piece(border, store, chunk, row.content)
        damaged += [] if is_kept else [row.n]
        came += [chunk.sha256] if is_whole else []
    async with context.database.transaction(context.clock(), rank=Rank.ROUTINE) as tx:
        await await_files(tx.session, border.peer, coming, now=tx.now)
        if came:
            await note_came(tx.session, came, now=tx.now)
        for n in damaged:
            log.error("exchange.chunk.damaged", link=border.inward.link, n=n)
            await keep_conflict(tx, border.inward, "damaged", epoch=message.statement.tip.epoch, n=n)
    if came:
        context.signals.publish("files")


async def _erased_in(context: ServiceContext, message: Message) -> set[int]:
    """The rows with pieces of files that were erased here while they were on the road."""
    digests: dict[int, str] = {}
    for row in message.rows:
        with suppress(chunks.ChunkUnreadable):
            digests[row.n] = chunks.read(row.body).sha256
    async with context.database.reading() as session:
        erased = await erased_among_files(session, digests.values())
    return {n for n, digest in digests.items() if digest in erased}


async def _keep_piece(border: Border, store: AsyncFileStore, chunk: chunks.Chunk, content: bytes) -> tuple[bool, bool]:
    """Keep one piece: whether it was the one that its row promises, and whether its file is whole now."""
    if not chunks.fits(chunk, content):
        return False, False
    try:
        return True, await store.put_part(chunk.sha256, chunk.offset, content, chunk.size, sender=border.peer)
    except Refusal as fault:
        log.error("exchange.chunk.refused", fault=repr(fault)[:200])
        return False, False
