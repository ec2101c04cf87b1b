"""How long an urgent fact takes behind a backlog of routine ones, from its commit to its effect, on each database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select

from services.kernel.language.envelope import Envelope, dataschema_of
from services.kernel.language.events import ARRIVAL_URGENT_TOPIC
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.bench.figures import Figure, at_most, percentile
from tests.bench.surroundings import Surroundings
from tests.integration.kernel.toy import APPLIED, note, toy_service, unit
from tests.support.service import running_node

A_TRANSACTION = 1_000
URGENT = 100
EVERY_S = 0.1
LOOK_S = 0.01
KEYS = 2_000
GIVE_UP_AFTER_S = 120.0


async def measure_urgent(around: Surroundings) -> list[Figure]:
    """Each database in turn, alone first and then behind the backlog."""
    figures: list[Figure] = []
    for kind in around.kinds:
        figures += await _measure(around, kind)
    return figures


async def _measure(around: Surroundings, kind: str) -> list[Figure]:
    settings = around.settings(kind)
    toy = toy_service()
    service = replace(toy, listens_to={**toy.listens_to, ARRIVAL_URGENT_TOPIC: {UnitRegistered: note}})
    async with running_node([service], settings, with_agents=True) as process:
        alone, _ = await _delays_ms(process.contexts["directory"].database, "alone", URGENT // 2)
    async with running_node([service], settings) as process:
        await _tell_backlog(process.contexts["directory"].database, around.backlog)
    async with running_node([service], settings, with_agents=True) as process:
        behind, applied = await _delays_ms(process.contexts["directory"].database, "behind", URGENT)
    part = f"urgent {kind}"
    return [
        Figure(part, "alone, p50", percentile(alone, 50), "ms"),
        Figure(part, "alone, p99", percentile(alone, 99), "ms"),
        Figure(part, f"behind {around.backlog:,} routine facts, p50", percentile(behind, 50), "ms"),
        at_most(part, "the same, p99", percentile(behind, 99), "ms", 1_000),
        Figure(part, "the same, slowest", max(behind), "ms"),
        Figure(part, "routine facts that still waited at the end", around.backlog - applied, "facts"),
    ]


async def _tell_backlog(database: Database, count: int) -> None:
    for start in range(0, count, A_TRANSACTION):
        async with database.transaction(utc_now(), rank=Rank.ROUTINE) as tx:
            for n in range(start, min(start + A_TRANSACTION, count)):
                tx.tell(unit(f"k{n % KEYS}", f"第{n}号单位，名称用来占一些地方" * 8))


async def _delays_ms(database: Database, name: str, count: int) -> tuple[list[float], int]:
    """From the commit of each to its effect, one every tenth of a second; and how many others were applied by then."""
    async with _watched(database) as seen:
        await _tell_urgent(database, f"{name} first")
        await seen.until({f"{name} first"})  # the lane stands, and the backlog is on its way
        told: dict[str, float] = {}
        for n in range(count):
            await _tell_urgent(database, f"{name} {n}")
            told[f"{name} {n}"] = time.perf_counter()
            await asyncio.sleep(EVERY_S)
        await seen.until(told.keys())
        others = await _count(database)
    return [(seen.at[one] - at) * 1000 for one, at in told.items()], others


@dataclass
class _Seen:
    """When the effect of each fact was first seen, by its name."""

    at: dict[str, float] = field(default_factory=dict)
    last_id: int = 0

    async def until(self, names: Collection[str]) -> None:
        """Wait until all of these have taken effect."""
        give_up_at = time.monotonic() + GIVE_UP_AFTER_S
        while missing := set(names) - self.at.keys():
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"{len(missing)} urgent facts were not applied")
            await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def _watched(database: Database) -> AsyncIterator[_Seen]:
    """Read on in what was applied, never from the beginning: looking must not be what costs."""
    seen = _Seen(last_id=await _last_id(database))

    async def watch() -> None:
        while True:
            query = select(APPLIED.c.id, APPLIED.c.name).where(APPLIED.c.id > seen.last_id).order_by(APPLIED.c.id)
            async with database.reading() as session:
                rows = list(await session.execute(query))
            now = time.perf_counter()
            for row in rows:
                seen.at.setdefault(row.name, now)
            seen.last_id = max(seen.last_id, rows[-1].id if rows else 0)
            await asyncio.sleep(LOOK_S)

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _tell_urgent(database: Database, name: str) -> None:
    """As the exchange tells what an urgent lane brought."""
    fact = unit(name, name)
    envelope = Envelope(
        id=str(new_id()), type=fact.TYPE, source="/township/review", time=utc_now(), subject=fact.key,
        dataschema=dataschema_of(fact.TYPE, fact.VERSION), node="township", level="township",
        data=fact.model_dump_json().encode(), via=("township",),
    )  # fmt: skip
    async with database.transaction(utc_now(), rank=Rank.URGENT) as tx:
        tx.retell(envelope, topic=ARRIVAL_URGENT_TOPIC, key=fact.key)


async def _last_id(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(select(func.max(APPLIED.c.id)))).scalar_one() or 0)


async def _count(database: Database) -> int:
    """How many routine facts have taken effect."""
    names = APPLIED.c.name.startswith("第")
    async with database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(APPLIED).where(names))).scalar_one())
