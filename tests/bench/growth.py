"""What the life of an item adds to the databases of three nodes, what of it stays after the retention, and what rest costs."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from deploy.demo.content import TOWNSHIP_ITEMS, draft_of, items_of
from deploy.demo.nodes import CHAIN, spare_ports
from deploy.demo.officers import Officer
from deploy.demo.process import NodeProcess
from deploy.demo.progress import Progress
from deploy.demo.story import desk
from deploy.demo.story.teller import Story
from deploy.demo.waiting import eventually
from deploy.demo.world import DemoWorld
from services.kernel.runtime.keeping.compacting import compact
from services.kernel.runtime.keeping.pacing import note_round_at
from services.kernel.runtime.keeping.sizes import rewrite, size_bytes
from services.kernel.runtime.storing.database import Database, database_url
from services.kernel.runtime.surroundings.clock import utc_now
from services.node import build_services
from services.opened import opened
from tests.bench.figures import Figure
from tests.bench.surroundings import Surroundings

LIVES = 60
WARM_UP = 3
ITEMS_AN_ISSUE = 6
REST_S = 180.0
COMES_WITHIN_S = 300.0
LATER = timedelta(days=402)
"""Past everything that the default settings keep for a time."""
INFORMATION = "/disclosure/api/v1/information"
PERIODICALS = "/review/api/v1/periodicals"
ISSUES = "/review/api/v1/issues"

Sizes = dict[tuple[str, str], int]
"""Bytes by node and service; what the broker of a node has is under `broker`."""


class Lives:
    """The officers who take items through their lives."""

    def __init__(self, world: DemoWorld) -> None:
        self._story = Story(world, Progress())
        self._names = itertools.cycle(items_of(TOWNSHIP_ITEMS))
        self._adopted: dict[str, int] = dict.fromkeys(world.nodes, 0)

    def publish(self) -> None:
        """One fact: the district publishes a text."""
        publisher, secrecy = self._officer("district", "publisher"), self._officer("district", "secrecy")
        draft = draft_of(next(self._names))
        category = publisher.get("/disclosure/api/v1/categories")["items"][0]["category_id"]
        text = {"title": draft["title"], "body": draft["body"], "category_id": category, "attribute": "proactive"}
        path = f"{INFORMATION}/{publisher.post(INFORMATION, text)['information_id']}"
        secrecy.post(f"{path}/confidentiality-review", {"outcome": "open", "opinion": "不涉密。"})
        publisher.post(f"{path}/publish")

    def report(self) -> None:
        """Written, checked and signed by the township; taken in and not adopted by the district."""
        path = self._reported()
        said = {"reason_code": "low_value", "reason": "属日常工作。"}
        self._officer("district", "editor").post(f"{path}/decline", said)

    def adopt(self) -> None:
        """Reported, edited, adopted and printed by the district, re-forwarded, adopted and printed by the city."""
        path = self._reported()
        self._adopt("district", path)
        self._officer("district", "editor").post(f"{path}/forward", {"to": "city"})
        self._officer("district", "chief").post(f"{path}/forward/sign")
        self._take_in("city", path)
        self._adopt("city", path)

    def close(self) -> None:
        """Let the officers go."""
        self._story.close()

    def _officer(self, node_id: str, username: str) -> Officer:
        return self._story.officer(node_id, username)

    def _reported(self) -> str:
        name = next(self._names)
        desk.report(self._story, desk.TOWNSHIP, name)
        path = f"{desk.REVIEW}/{self._story.items[name]}"
        self._take_in("district", path)
        return path

    def _take_in(self, node_id: str, path: str) -> None:
        editor = self._officer(node_id, "editor")
        eventually(lambda: editor.ask("GET", path).is_success, f"{node_id} 收到", within_s=COMES_WITHIN_S)
        editor.post(f"{path}/receive")

    def _adopt(self, node_id: str, path: str) -> None:
        """Edited and adopted; every sixth time the issue is signed."""
        editor = self._officer(node_id, "editor")
        title = editor.get(path)["title"]
        editor.patch(path, {"title": f"{title}（{node_id}）"}, etag=editor.etag(path))
        periodical = editor.get(PERIODICALS)["items"][0]
        adopted = editor.post(f"{path}/adopt", {"periodical_id": periodical["periodical_id"], "mode": "single"})
        self._adopted[node_id] += 1
        if self._adopted[node_id] % ITEMS_AN_ISSUE == 0:
            self._officer(node_id, "chief").post(f"{ISSUES}/{adopted['issue_id']}/sign")


KINDS: Mapping[str, Callable[[Lives], None]] = {
    "a text published (one fact)": Lives.publish,
    "an item reported, not adopted": Lives.report,
    "an item printed by both, sent on": Lives.adopt,
}


async def measure_growth(around: Surroundings) -> list[Figure]:
    """On each database, three nodes with a broker each; the sizes are those of databases just rewritten."""
    return [figure for kind in around.kinds for figure in await _measure(around, kind)]


async def _measure(around: Surroundings, kind: str) -> list[Figure]:
    names = [plan.node_id for plan in CHAIN]
    url = around.postgres.database_of_each(names) if kind == "postgresql" else ""
    world = await asyncio.to_thread(
        DemoWorld.start, around.folder / f"growth-{kind}", ports=spare_ports(), fresh=True, progress=Progress(), database_url=url
    )  # fmt: skip
    lives = Lives(world)
    grown: dict[str, Sizes] = {}
    try:
        for live in KINDS.values():
            await _live(lives, live, WARM_UP)
        before = await _settled_sizes(world)
        for name, live in KINDS.items():
            await _live(lives, live, LIVES)
            loose = await _sizes(world)
            after = await _settled_sizes(world)
            grown[name] = _minus(after, before)
            before = after
        await asyncio.sleep(REST_S)
        rest = _minus(await _settled_sizes(world), before)
    finally:
        lives.close()
        await asyncio.to_thread(world.stop)
    freed = await _freed(world)
    return list(_figures(f"growth, {kind}", grown, rest, freed, air=sum(loose.values()) / sum(before.values()) - 1))


async def _live(lives: Lives, live: Callable[[Lives], None], times: int) -> None:
    for _ in range(times):
        await asyncio.to_thread(live, lives)


async def _settled_sizes(world: DemoWorld) -> Sizes:
    """Once everything told took effect everywhere, without the air that changes left in the databases."""
    await asyncio.to_thread(world.await_quiet, within_s=COMES_WITHIN_S)
    await asyncio.sleep(5)  # the last receipts cross the links
    return await _sizes(world, rewritten=True)


async def _sizes(world: DemoWorld, *, rewritten: bool = False) -> Sizes:
    found: Sizes = {}
    for node_id, node in world.nodes.items():
        settings = node.as_settings()
        for service in node.services:
            database = Database(database_url(settings, service), service=service, node=settings.node)
            if rewritten:
                await rewrite(database)
            async with database.reading() as session:
                found[node_id, service] = await size_bytes(session)
            await database.close()
        logs = (world.brokers[node_id].directory / "data").glob(f"{node_id}.*/*.log")
        found[node_id, "broker"] = sum(log.stat().st_size for log in logs)
    return found


async def _freed(world: DemoWorld) -> Sizes:
    """What the retention takes away of all of it in the end."""
    before = await _sizes(world, rewritten=True)
    for node in world.nodes.values():
        await _thin_out(node)
    return _minus(before, await _sizes(world, rewritten=True))


async def _thin_out(node: NodeProcess) -> None:
    settings = node.as_settings()
    services = build_services(settings.service_names)
    async with opened(services, settings) as contexts:
        for service in services:
            later = replace(contexts[service.name], clock=lambda: utc_now() + LATER)
            async with later.database.transaction(later.clock()) as tx:
                await note_round_at(tx, tx.now)  # as if the node had run all that time
            await compact(service, later, asyncio.Event())


def _minus(after: Sizes, before: Sizes) -> Sizes:
    return {place: size - before[place] for place, size in after.items()}


def _figures(part: str, grown: Mapping[str, Sizes], rest: Sizes, freed: Sizes, *, air: float) -> Iterator[Figure]:
    for name, sizes in grown.items():
        for plan in CHAIN:
            yield Figure(part, f"{plan.node_id}: {name}", _of(plan.node_id, sizes) / LIVES / 1024, "KB")
            yield Figure(part, "  and on its broker", sizes[plan.node_id, "broker"] / LIVES / 1024, "KB")
            for (node_id, service), size in sizes.items():
                if node_id == plan.node_id and service != "broker" and size:
                    yield Figure(part, f"  of it {service}", size / LIVES / 1024, "KB")
    for plan in CHAIN:
        whole = sum(_of(plan.node_id, sizes) for sizes in grown.values()) / LIVES * (LIVES + WARM_UP)
        yield Figure(part, f"{plan.node_id}: gone after the retention", _of(plan.node_id, freed) / whole * 100, "%")
        yield Figure(part, f"{plan.node_id}: a day of rest", _of(plan.node_id, rest) / REST_S * 86_400 / 1024**2, "MB")
    yield Figure(part, "air in databases that were not rewritten", air * 100, "%")
    yield Figure(part, "length of a text", _mean_length(), "characters")


def _of(node_id: str, sizes: Sizes) -> int:
    """All databases of a node."""
    return sum(size for (owner, service), size in sizes.items() if owner == node_id and service != "broker")


def _mean_length() -> float:
    bodies = [one["body"] for one in items_of(TOWNSHIP_ITEMS).values()]
    return sum(map(len, bodies)) / len(bodies)
