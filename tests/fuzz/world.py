"""A node with all services and everybody signed in, to be asked anything, from code that knows nothing of loops."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from services.directory.actions.demo import demo_officer_id, demo_unit_id, seed_demo
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.running.process import NodeProcess
from services.node import build_services
from tests.integration.review.passage import reported
from tests.support.replaying import envelope_for, hear
from tests.support.service import DISTRICT, NOW, running_node, settings_for

REFERENCE = Path("docs/reference/openapi")
STRANGER = "stranger"
SIGNED_OUT_BY = "/tokens/revoke"


@dataclass
class World:
    """The node, one client for each role and one for a stranger, and ids of what there is by the names of parameters."""

    process: NodeProcess
    runner: asyncio.Runner
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)

    def ask(self, who: str, method: str, url: str, **sent: Any) -> httpx.Response:
        """Send a request as somebody; whoever it signed out signs in again."""
        return self.runner.run(self._ask(who, method, url, sent))

    async def _ask(self, who: str, method: str, url: str, sent: dict[str, Any]) -> httpx.Response:
        answer = await self.clients[who].request(method, url, **sent)
        if who != STRANGER and (url.endswith(SIGNED_OUT_BY) or answer.status_code == 401):
            await self.sign_in(who)
        return answer

    async def open(self) -> None:
        """Sign everybody in, and write an item in each service that keeps some."""
        for who in (STRANGER, *Role):
            self.clients[who] = self._client("10.0.0.1")
            await self.sign_in(who)
        draft = {"info_type": "problem", "title": "甲", "body": "乙", "author_name": "丙"}
        written = await self.clients[Role.CLERK].post("/intake/api/v1/submissions", json=draft)
        text = {"title": "甲", "body": "乙", "category_id": "0502", "attribute": "proactive"}
        prepared = await self.clients[Role.PUBLISHER].post("/disclosure/api/v1/information", json=text)
        self.ids = {
            "origin_id": written.json()["origin_id"], "information_id": prepared.json()["information_id"],
            "officer_id": str(demo_officer_id("district", "bureau_clerk")),
            "unit_id": str(demo_unit_id("district", "water")), "year": "2026", "name": "info_types",
        }  # fmt: skip
        fact = reported(UUID(self.ids["origin_id"]))
        review = next(service for service in build_services() if service.name == "review")
        envelope = envelope_for(fact, NOW, node="township")
        await hear(review, self.process.contexts["review"].database, "exchange.arrival", envelope)

    async def sign_in(self, who: str) -> None:
        """Give somebody's client a new token; not from where passwords are guessed."""
        if who == STRANGER:
            return
        account = {"username": who, "password": "shangda-demo"}
        async with self._client("10.0.0.2") as door:
            answer = await door.post("/directory/api/v1/tokens", json=account)
        assert answer.status_code == 200, answer.text
        self.clients[who].headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _client(self, address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.process.app, client=(address, 1), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://node.test", timeout=60)


@contextmanager
def open_world(folder: Path) -> Iterator[World]:
    """A node in this folder, on a loop of its own."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        settings = settings_for(DISTRICT, folder)
        process = runner.run(stack.enter_async_context(running_node(build_services(), settings)))
        runner.run(_seed(process))
        world = World(process, runner)
        runner.run(world.open())
        try:
            yield world
        finally:
            runner.run(stack.aclose())


async def _seed(process: NodeProcess) -> None:
    async with process.contexts["directory"].database.transaction(NOW) as tx:
        await seed_demo(tx, process.settings)


def documents() -> dict[str, dict[str, Any]]:
    """The OpenAPI document of each service."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(REFERENCE.glob("*.json"))}
