"""From the township's signature to the district's board, on real nodes, behind a backlog of routine items."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from deploy.demo.content import draft_of
from deploy.demo.nodes import spare_ports
from deploy.demo.process import NodeProcess
from deploy.demo.progress import Progress
from deploy.demo.story import desk
from deploy.demo.story.teller import Story
from deploy.demo.world import DemoWorld
from services.exchange.actions.dispatching import Outgoing, queue_rows
from services.exchange.model import Dispatch
from services.exchange.policy.chain import Chain, link_name
from services.kernel.language.events.review import SubmissionReportedUp
from services.kernel.runtime.storing.database import Database, database_url
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.identifiers import new_id
from services.review.model import ReviewItem
from tests.bench.figures import Figure, at_most, percentile
from tests.bench.surroundings import Surroundings

URGENT = 40
EVERY_S = 0.5
LOOK_S = 0.02
A_TRANSACTION = 1_000
GIVE_UP_AFTER_S = 300.0
ROUTINE = "routine"


async def measure_urgent_nodes(around: Surroundings) -> list[Figure]:
    """On SQLite, as small nodes have it."""
    world = await asyncio.to_thread(
        DemoWorld.start, around.folder / "world", ports=spare_ports(), fresh=True, progress=Progress()
    )
    story = Story(world, Progress())
    try:
        await asyncio.to_thread(world.nodes["city"].stop)
        await asyncio.to_thread(world.brokers["city"].stop)
        for n in range(2 * URGENT):
            await asyncio.to_thread(_prepare, story, f"emergency {n}")
        await asyncio.to_thread(_report_routine, story)
        with _memory_watched(world.nodes["district"]) as memory_mb:
            alone = await _delays_ms(story, range(URGENT))
            await _queue_backlog(story, around.backlog)
            behind = await _delays_ms(story, range(URGENT, 2 * URGENT))
            applied = await _count_items(world.nodes["district"])
        peak_mb = memory_mb()
    finally:
        story.close()
        await asyncio.to_thread(world.stop)
    part = "urgent, two nodes"
    return [
        Figure(part, "signature to board, alone, p50", percentile(alone, 50), "ms"),
        Figure(part, "signature to board, alone, p99", percentile(alone, 99), "ms"),
        Figure(part, f"behind {around.backlog:,} routine items, p50", percentile(behind, 50), "ms"),
        at_most(part, "the same, p99", percentile(behind, 99), "ms", 1_000),
        Figure(
            part, "routine items that still waited at the end", around.backlog - (applied - 2 * URGENT - 1), "items"
        ),
        at_most(part, "most memory that the district's node took", peak_mb, "MB", 300),
    ]


def _prepare(story: Story, name: str) -> None:
    """An emergency that lacks only the signature."""
    usual = draft_of("water_pipes")
    draft = {one: usual[one] for one in ("title", "body", "author_name", "author_phone", "non_secret_declared")}
    draft |= {
        "info_type": "emergency", "occurred_at": "2026-11-24T08:00:00+08:00", "learned_at": "2026-11-24T08:10:00+08:00",
        "place": "龙潭村", "deaths": 0, "injured": 2, "report_stage": "initial", "event_grade": "general",
        "also_reported_to": "区应急局",
    }  # fmt: skip
    clerk = story.officer(desk.TOWNSHIP.node_id, desk.TOWNSHIP.clerk)
    story.items[name] = clerk.post(desk.INTAKE, draft)["origin_id"]
    desk.submit(story, desk.TOWNSHIP, name)
    desk.check(story, desk.TOWNSHIP, name)


async def _delays_ms(story: Story, numbers: range) -> list[float]:
    """From before the signature is given to the moment the item stands in the district's books."""
    signed: dict[UUID, float] = {}
    seen: dict[UUID, float] = {}
    with _opened(story.world.nodes["district"], "review") as database:
        watching = asyncio.create_task(_watch(database, signed, seen))
        for n in numbers:
            name = f"emergency {n}"
            signed[UUID(story.items[name])] = time.perf_counter()
            await asyncio.to_thread(desk.sign, story, desk.TOWNSHIP, name)
            await asyncio.sleep(EVERY_S)
        give_up_at = time.monotonic() + GIVE_UP_AFTER_S
        while signed.keys() - seen.keys():
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"{len(signed.keys() - seen.keys())} emergencies did not reach the district")
            await asyncio.sleep(LOOK_S)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await database.close()
    return [(seen[one] - at) * 1000 for one, at in signed.items()]


async def _watch(database: Database, signed: Collection[UUID], seen: dict[UUID, float]) -> None:
    while True:
        missing = [one for one in signed if one not in seen]
        query = select(col(ReviewItem.origin_id)).where(col(ReviewItem.origin_id).in_(missing), col(ReviewItem.is_here))
        async with database.reading() as session:
            found = list((await session.execute(query)).scalars()) if missing else []
        now = time.perf_counter()
        for one in found:
            seen.setdefault(one, now)
        await asyncio.sleep(LOOK_S)


def _report_routine(story: Story) -> None:
    """One routine item of the township, signed and sent up."""
    clerk = story.officer(desk.TOWNSHIP.node_id, desk.TOWNSHIP.clerk)
    story.items[ROUTINE] = clerk.post(desk.INTAKE, draft_of("water_pipes"))["origin_id"]
    desk.submit(story, desk.TOWNSHIP, ROUTINE)
    desk.check(story, desk.TOWNSHIP, ROUTINE)
    desk.sign(story, desk.TOWNSHIP, ROUTINE)


async def _queue_backlog(story: Story, count: int) -> None:
    """Routine items for the district, as if all had been signed in one moment; each is one item of its own.

    They are made from the fact that the township's exchange sent for its one routine item.
    """
    chain = Chain(link_name("township", "district"), "routine")
    with _opened(story.world.nodes["township"], "exchange") as database:
        sent = await _sent_up(database, chain)
        for start in range(0, count, A_TRANSACTION):
            async with database.transaction(utc_now(), rank=Rank.ROUTINE) as tx:
                rows = [_as_other_item(sent, story.items[ROUTINE]) for _ in range(min(A_TRANSACTION, count - start))]
                await queue_rows(tx, [Outgoing(chain, *row) for row in rows])
        await database.close()


async def _sent_up(database: Database, chain: Chain) -> Dispatch:
    query = select(Dispatch).where(
        col(Dispatch.link) == chain.link,
        col(Dispatch.lane) == chain.lane,
        col(Dispatch.type) == SubmissionReportedUp.TYPE,
    )
    give_up_at = time.monotonic() + GIVE_UP_AFTER_S
    while True:
        async with database.reading() as session:
            if found := (await session.execute(query)).scalars().first():
                return found
        if time.monotonic() > give_up_at:
            raise TimeoutError("the township's routine item was not sent")
        await asyncio.sleep(LOOK_S)


def _as_other_item(sent: Dispatch, origin: str) -> tuple[str, str, bytes]:
    """Id, type and bytes of the same fact about another item."""
    assert sent.body is not None
    event_id = str(new_id())
    body = sent.body.replace(origin.encode(), str(new_id()).encode()).replace(sent.event_id.encode(), event_id.encode())
    return event_id, sent.type, body


@contextmanager
def _opened(node: NodeProcess, service: str) -> Iterator[Database]:
    settings = node.as_settings()
    yield Database(database_url(settings, service), service=service, node=settings.node)


async def _count_items(node: NodeProcess) -> int:
    with _opened(node, "review") as database:
        async with database.reading() as session:
            count = len(list((await session.execute(select(col(ReviewItem.origin_id)))).scalars()))
        await database.close()
    return count


@contextmanager
def _memory_watched(node: NodeProcess) -> Iterator[Any]:
    """The most that the process had in memory since it began."""
    status = Path(f"/proc/{node.pid}/status")

    def most_mb() -> float:
        found = re.search(r"^VmHWM:\s+(\d+)", status.read_text(), re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0

    yield most_mb
