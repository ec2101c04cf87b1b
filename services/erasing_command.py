"""Erasing from the command line: the running node does it when there is one, else the command itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import typer

from services.exchange.actions.erasures import AlreadyErased, decide_erasure, erase_again, note_progress
from services.exchange.store.erasures import find_erasure
from services.kernel.language.vocabulary import ErasureGround, ErasureStage
from services.kernel.runtime.keeping.erasure.copies import Order, Tally
from services.kernel.runtime.keeping.erasure.everywhere import erase_everywhere
from services.kernel.runtime.keeping.erasure.keepers import OpenedKeeper
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.leases import Lease
from services.kernel.runtime.surroundings.settings import Settings
from services.opened import opened

LOOK_EVERY_S = 1.0


async def erase_on_node(services: Sequence[Service], settings: Settings, order: Order, ground: ErasureGround) -> None:
    """Decide the erasure and see it done; a process without the exchange (a portal apart) erases what it has itself.

    Raises:
        kafka.errors.KafkaError: The broker does not answer and still has the item.
    """
    async with opened(services, settings) as contexts:
        exchange = contexts.get("exchange")
        if exchange is None:
            await _erase(services, contexts, settings, order)
            return
        await _decide(exchange, order, ground)
        lease = Lease(exchange.database, "workers", folder=Path(settings.data_dir) / "locks")
        if not await lease.take():
            await _watch(exchange, order)
            return
        try:
            await _erase(services, contexts, settings, order)
        finally:
            await lease.release()


async def _decide(exchange: ServiceContext, order: Order, ground: ErasureGround) -> None:
    with suppress(AlreadyErased):
        async with exchange.database.transaction(exchange.clock()) as tx:
            await decide_erasure(tx, order.origin_id, ground=ground, reason=order.reason, by=None)
        return
    async with exchange.database.transaction(exchange.clock()) as tx:
        await erase_again(tx, order.origin_id, by=None)


async def _erase(
    services: Sequence[Service], contexts: Mapping[str, ServiceContext], settings: Settings, order: Order
) -> None:
    exchange = contexts.get("exchange")

    async def note(stage: ErasureStage, tally: Tally) -> None:
        typer.echo(_words(stage, tally))
        if exchange is not None:
            async with exchange.database.transaction(exchange.clock()) as tx:
                await note_progress(tx, order.origin_id, stage, tally)

    keepers = [OpenedKeeper(service, contexts[service.name]) for service in services]
    await erase_everywhere(keepers, settings, order, note)


async def _watch(exchange: ServiceContext, order: Order) -> None:
    """The node runs and does it: say how far it is."""
    said = ""
    while True:
        async with exchange.database.reading() as session:
            erasure = await find_erasure(session, order.origin_id)
        assert erasure is not None, "it was decided just now"
        words = erasure.trouble or erasure.stage.label
        if words != said:
            said = words
            typer.echo(words)
        if erasure.stage is ErasureStage.DONE:
            return
        await asyncio.sleep(LOOK_EVERY_S)


def _words(stage: ErasureStage, tally: Tally) -> str:
    facts = sum(one.facts for one in tally.copies.values())
    after = {ErasureStage.FILES: f"（涉及 {facts} 条消息）", ErasureStage.BROKER: f"（附件删除 {tally.files} 个）"}
    return stage.label + after.get(stage, "")
