"""Carries decided erasures out, one after the other; what does not answer is tried again until it is done."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from kafka.errors import KafkaError

from services.exchange.actions.erasures import DUE, note_progress, note_trouble
from services.exchange.store.erasures import next_unfinished
from services.kernel.language.vocabulary import ErasureStage
from services.kernel.runtime.keeping.erasure.copies import Order, Tally
from services.kernel.runtime.keeping.erasure.everywhere import erase_everywhere
from services.kernel.runtime.keeping.erasure.keepers import KeeperSilent, keepers_of
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings.clock import pause_until

log = structlog.get_logger()

LOOK_AGAIN_S = 15.0
BROKER_SILENT = "消息队列没有应答，那里还有；它应答以后自动接着做"
SERVICE_SILENT = "有的服务没有应答，那里还有；它应答以后自动接着做"


async def carry_out_erasures(context: ServiceContext, stop: asyncio.Event) -> None:
    """Run until `stop`; woken when an erasure is decided."""
    woken = asyncio.Event()
    listening = asyncio.create_task(_listen(context, woken))
    try:
        while not stop.is_set():
            woken.clear()
            if not await _carry_out_next(context):
                await pause_until(stop, woken, LOOK_AGAIN_S)
    finally:
        listening.cancel()


async def _carry_out_next(context: ServiceContext) -> bool:
    """Whether there was one to carry out, and it is done."""
    async with context.database.reading() as session:
        erasure = await next_unfinished(session)
    if erasure is None:
        return False
    origin_id = UUID(erasure.origin_id)
    order = Order(origin_id=origin_id, reason=f"{erasure.ground.label}；{erasure.decided_by}：{erasure.reason}")

    async def note(stage: ErasureStage, tally: Tally) -> None:
        async with context.database.transaction(context.clock()) as tx:
            await note_progress(tx, origin_id, stage, tally)

    try:
        await erase_everywhere(await keepers_of(context), context.settings, order, note)
    except (KafkaError, KeeperSilent) as fault:
        log.warning("exchange.erasure.waiting", origin_id=erasure.origin_id, fault=repr(fault)[:300])
        words = BROKER_SILENT if isinstance(fault, KafkaError) else SERVICE_SILENT
        async with context.database.transaction(context.clock()) as tx:
            await note_trouble(tx, origin_id, words)
        return False
    log.info("exchange.erasure.done", origin_id=erasure.origin_id)
    return True


async def _listen(context: ServiceContext, woken: asyncio.Event) -> None:
    async for _ in context.signals.changes([DUE], ""):
        woken.set()
