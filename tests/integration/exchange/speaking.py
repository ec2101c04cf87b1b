"""Honest facts of two townships, one after the other, with hostile rows between them or without; and how soon each arrives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import select

from services.kernel.runtime.storing.tables import OUTBOX
from tests.integration.exchange.test_hostile_rows import put
from tests.integration.exchange.two_nodes import Node, reported_up
from tests.support.waiting import eventually


@dataclass
class Spoken:
    """The ids of what either township told, in order, and how long each was on its way, in seconds."""

    told: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    delays_s: list[float] = field(default_factory=list)

    @property
    def longest_s(self) -> float:
        """How long the slowest was on its way."""
        return max(self.delays_s)


async def speak(township: Node, other: Node, district: Node, between: Sequence[bytes | None]) -> Spoken:
    """Before each honest fact of either township, a hostile row of the first (none for None); all honest ones arrive."""
    spoken, sent = Spoken(), dict[str, float]()
    async with arriving(district) as arrived:
        for body in between:
            if body is not None:
                await put(township, district, body)
            spoken.told += await township.tell(reported_up(township, district))
            sent[spoken.told[-1]] = time.perf_counter()
            spoken.others += await other.tell(reported_up(other, district))
            sent[spoken.others[-1]] = time.perf_counter()

        async def all_are_here() -> bool:
            return sent.keys() <= arrived.keys()

        await eventually(all_are_here)
    spoken.delays_s = [arrived[event_id] - at for event_id, at in sent.items()]
    return spoken


@asynccontextmanager
async def arriving(node: Node) -> AsyncIterator[dict[str, float]]:
    """When each fact was first seen to be told at a node, by its id, from now on."""
    arrived: dict[str, float] = {}

    async def watch() -> None:
        last = 0
        while True:
            node.context.database.told.clear()
            async with node.context.database.reading() as session:
                query = select(OUTBOX.c.id, OUTBOX.c.event_id).where(OUTBOX.c.id > last).order_by(OUTBOX.c.id)
                rows = list(await session.execute(query))
            for row in rows:
                arrived.setdefault(row.event_id, time.perf_counter())
                last = row.id
            await node.context.database.told.wait()

    watching = asyncio.create_task(watch())
    try:
        yield arrived
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
