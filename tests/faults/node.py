"""The parent's side: a node whose process is started, killed and started again, and whose books are read."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy.kafka.process import free_ports
from services.kernel.language.vocabulary import Level
from services.kernel.runtime.storing.database import Database, database_url
from services.kernel.runtime.surroundings.settings import NodeInfo, Settings
from tests.faults.child import run
from tests.faults.counting import Account, counting_service, take_account
from tests.support.schemas import make_schemas
from tests.support.waiting import LONG_S, eventually

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.faults.child"])
"""Processes that are forked from one that has imported everything: they start at once, and die as any other."""


class Child:
    """One process of the node."""

    def __init__(self, order: dict[str, Any], log: Path) -> None:
        self.url = f"http://127.0.0.1:{order['port']}"
        self.log = log
        self.process = _FORKED.Process(target=run, args=(order, str(log)), daemon=True)
        self.process.start()

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.exitcode is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to this very process."""
        os.kill(self.process.pid or 0, number)

    def kill(self) -> None:
        """End it at once, and collect it."""
        if self.is_alive:
            self.process.kill()
        self.process.join(60)

    async def ended(self) -> int:
        """Its exit code, once it has one."""
        await asyncio.to_thread(self.process.join, LONG_S)
        assert self.process.exitcode is not None, f"did not end within {LONG_S} s"
        return self.process.exitcode

    def said(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log that tell this event."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{") and event in line]
        return [line for line in map(json.loads, lines) if line["event"] == event]

    async def ask(self, path: str) -> httpx.Response:
        """One of its pages."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as client:
            return await client.get(path)

    async def lives(self) -> bool:
        """Whether it serves pages."""
        try:
            return (await self.ask("/livez")).status_code == 200
        except httpx.HTTPError:
            return False

    async def is_assigned(self) -> bool:
        """Whether all its agents hold their partitions."""
        try:
            return bool((await self.ask("/readyz")).json().get("broker"))
        except httpx.HTTPError:
            return False


class FaultyNode:
    """A node of one service on a real database and a real broker, in processes that may be killed."""

    def __init__(self, folder: Path, kafka: str, database_url_: str) -> None:
        self.node_id = f"f{os.urandom(4).hex()}"
        self.folder = folder
        self.kafka = kafka
        self.database_url = database_url_
        self.children: list[Child] = []
        info = NodeInfo(self.node_id, "安澜市云岭区", Level.COUNTY)
        settings = Settings(node_id=self.node_id, data_dir=folder / "data", database_url=database_url_)
        self.database = Database(database_url(settings, "directory"), service="directory", node=info)

    def start(self, **order: Any) -> Child:
        """A new process; `dies`, `total`, `pause_s` and `settings` as in tests.faults.child."""
        whole = {
            "node_id": self.node_id, "folder": str(self.folder), "kafka": self.kafka,
            "database_url": self.database_url, "port": free_ports(1)[0], **order,
        }  # fmt: skip
        child = Child(whole, self.folder / f"child-{len(self.children)}.log")
        self.children.append(child)
        return child

    async def account(self) -> Account:
        """The books as they stand."""
        return await take_account(self.database)

    async def settled(self, total: int) -> Account:
        """The books once `total` facts are told and everything took effect; judged by the caller."""

        async def is_settled() -> bool:
            account = await self.account()
            return account.is_settled and sum(map(len, account.told.values())) >= total

        try:
            await eventually(is_settled)
        except AssertionError:
            account = await self.account()
            counts = [sum(map(len, x.values())) for x in (account.told, account.applied, account.passed_on)]
            tail = self.children[-1].log.read_text()[-1500:] if self.children else ""
            raise AssertionError(
                f"told, applied, passed on: {counts}; unpublished {account.unpublished}; {account.waiting[:3]}\n{tail}"
            ) from None
        await asyncio.sleep(0.5)  # whatever would apply a second time has a moment to do so
        return await self.account()


@asynccontextmanager
async def faulty_node(folder: Path, kafka: str, url: str) -> AsyncIterator[FaultyNode]:
    """A node with its schema made; its processes are gone afterwards."""
    node = FaultyNode(folder, kafka, url)
    await make_schemas([(node.database, counting_service().migrations)])
    try:
        yield node
    finally:
        for child in node.children:
            child.kill()
        await node.database.close()
