"""Puts due files on the bulk lane as soon as they are whole on this node."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator

import structlog

from services.exchange.actions import dispatch_file
from services.exchange.model import FileDue
from services.exchange.policy.chunks import Chunk, spans
from services.exchange.store.files import AT_ONCE, files_due, step_back
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.surroundings.clock import pause_until
from services.kernel.runtime.uploads.files import FileStore

log = structlog.get_logger()

LOOK_AGAIN_S = 30.0
"""A file that is still on its way here is looked for after this time at the latest."""


async def dispatch_due_files(context: ServiceContext, stop: asyncio.Event) -> None:
    """Run until `stop`; woken when a file becomes due or arrives whole."""
    woken = asyncio.Event()
    listening = asyncio.create_task(_listen(context, woken))
    try:
        while not stop.is_set():
            woken.clear()
            async with context.database.reading() as session:
                due = await files_due(session, now=context.clock())
            for file in due:
                await _dispatch(context, file)
            if len(due) < AT_ONCE:
                await pause_until(stop, woken, LOOK_AGAIN_S)
    finally:
        listening.cancel()


async def _dispatch(context: ServiceContext, due: FileDue) -> None:
    if not await asyncio.to_thread(context.files.has, due.sha256):
        async with context.database.transaction(context.clock(), rank=Rank.ROUTINE) as tx:
            await step_back(tx.session, due, now=tx.now)
        return
    chunks = await asyncio.to_thread(_chunks_of, context.files, due)
    async with context.database.transaction(context.clock(), rank=Rank.ROUTINE) as tx:
        await dispatch_file(tx, due, chunks)
    log.info("exchange.file.dispatched", peer=due.peer, sha256=due.sha256, chunks=len(chunks))


def _chunks_of(files: FileStore, due: FileDue) -> list[Chunk]:
    size = files.path(due.sha256).stat().st_size
    with files.open(due.sha256) as file:
        return [
            Chunk(due.sha256, size, offset, length, hashlib.sha256(file.read(length)).hexdigest())
            for offset, length in spans(size)
        ]


async def _listen(context: ServiceContext, woken: asyncio.Event) -> None:
    changes: AsyncIterator[str] = context.signals.changes(["files"], "")
    async for _ in changes:
        woken.set()
