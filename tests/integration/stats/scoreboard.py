"""A node's stats under test: facts come in through the real inbox, each twice; calls go through the real edge."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import MetaData

from services.kernel.language.envelope import Envelope, dataschema_of, to_headers
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.language.events.parts import Fact
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.service import Service
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.telling.inbox import Inbox, Message
from services.kernel.runtime.web.dependencies import Me, edge_router
from services.stats.app import stats_service
from tests.integration.stats.story import NAMES, heard_at
from tests.support.service import CITY, DISTRICT, NOW, TOWNSHIP, client_of, officer, running_node, settings_for, unit_id

NODES = {"township": TOWNSHIP, "district": DISTRICT, "city": CITY}
_PLACES = itertools.count()
_S, _B, _H = UnitKind.SUBORDINATE, UnitKind.BUREAU, UnitKind.HEAD_OFFICE
UNITS: dict[str, list[tuple[str, str, UnitKind, str]]] = {
    "township": [("township", "龙潭乡党政办公室", _H, "本级")],
    "district": [
        ("district", "云岭区政府办", _H, "本级"),
        ("township", "龙潭乡", _S, "乡镇街道"),
        ("bridge", "石桥镇", _S, "乡镇街道"),
        ("water", "区水利局", _B, "部门"),
        ("agriculture", "区农业农村局", _B, "部门"),
    ],
    "city": [("city", "市政府办", _H, "本级"), ("district", "云岭区政府办", _S, "区县")],
}


def _directory_that_knows_everybody(folder: Path) -> Service:
    """Answers the live question after an officer's standing as the token itself does."""
    router = edge_router(prefix="/api/v1")

    @router.get("/officers/me")
    async def me(officer: Me) -> dict[str, Any]:
        return {"roles": sorted(officer.roles)}

    (folder / "versions").mkdir(parents=True, exist_ok=True)
    return Service(name="directory", title="机构人员", metadata=MetaData(), migrations=folder, routers=(router,))


@dataclass
class Scoreboard:
    """One node's stats and its people."""

    node: NodeInfo
    process: NodeProcess
    sequences: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    @property
    def context(self) -> Any:
        return self.process.contexts["stats"]

    def client(self, *roles: Role, unit: str = "", kind: UnitKind = UnitKind.HEAD_OFFICE) -> httpx.AsyncClient:
        """A client signed in with these roles, in the node's own office unless another unit is named."""
        return client_of(self.process, officer(*roles, unit=unit or self.node.node_id, kind=kind))

    async def hear(self, topic: str, *facts: Fact) -> None:
        """Let facts arrive on a topic, in order, every one of them twice."""
        inbox = Inbox(
            self.context.database, stats_service().listens_to, consumer="stats", prefix=self.node.node_id,
            clock=self.context.clock,
        )  # fmt: skip
        for fact in facts:
            message = self._message(topic, fact)
            await inbox.receive([message])
            await inbox.receive([message])

    async def hear_story(self) -> None:
        for topic, fact in heard_at(self.node.node_id):
            await self.hear(topic, fact)

    async def scores(self, period: str = "2026-11", *roles: Role) -> dict[str, Any]:
        """Each unit's line of the month, by name, as the statistician reads it."""
        async with self.client(*(roles or (Role.STATISTICIAN,))) as client:
            answer = await client.get("/stats/api/v1/scores", params={"period": period})
        assert answer.status_code == 200, answer.text
        return {item["unit_name"]: item for item in answer.json()["items"]}

    def _message(self, topic: str, fact: Fact) -> Message:
        full = f"{self.node.node_id}.{topic}"
        self.sequences[full, fact.key] += 1
        data = fact.model_dump_json().encode()
        envelope = Envelope(
            id=str(new_id()), type=fact.TYPE, source="/test", time=datetime.now(UTC), subject=fact.key,
            dataschema=dataschema_of(fact.TYPE, fact.VERSION), node="test", level="", data=data, via=("test",),
            sequence=self.sequences[full, fact.key], epoch=1,
        )  # fmt: skip
        return Message(full, f"0:{next(_PLACES)}", to_headers(envelope), data)


def unit_fact(node: NodeInfo, unit: str, name: str, kind: UnitKind, group: str) -> UnitRegistered:
    return UnitRegistered(
        unit_id=unit_id(unit), name=name, short_name=NAMES.get(unit, name), kind=kind, level=node.level,
        ranking_group=group, node_id=unit if kind is UnitKind.SUBORDINATE else node.node_id,
    )  # fmt: skip


@asynccontextmanager
async def open_scoreboard(name: str, folder: Path, *, database_url: str = "") -> AsyncIterator[Scoreboard]:
    """The stats of a node of the story, its units known, nothing heard yet; the clock stands at NOW."""
    node = NODES[name]
    settings = settings_for(node, folder, database_url=database_url)
    services = [_directory_that_knows_everybody(folder / "directory-schema"), stats_service()]
    async with running_node(services, settings, clock=lambda: NOW) as process:
        board = Scoreboard(node, process)
        for unit in UNITS[name]:
            await board.hear("directory.unit", unit_fact(node, *unit))
        yield board
