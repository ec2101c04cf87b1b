"""A district node that runs the directory alone, on each database, with a clock of its own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.directory.actions.demo import seed_demo
from services.directory.app import directory_service
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.database import Database
from tests.support.service import DISTRICT, NOW, client_of, running_node, settings_for

PASSWORD = "shangda-demo"


@dataclass
class Clock:
    """The only time in these tests; it moves when told."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Directory:
    """The node under test, with short ways to sign in."""

    process: NodeProcess
    clock: Clock

    @property
    def database(self) -> Database:
        return self.process.contexts["directory"].database

    def stranger(self) -> httpx.AsyncClient:
        return client_of(self.process)

    async def sign_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        async with self.stranger() as client:
            return await client.post("/directory/api/v1/tokens", json={"username": username, "password": password})

    async def officer(self, username: str) -> httpx.AsyncClient:
        """A client that carries the officer's real token."""
        answer = await self.sign_in(username)
        assert answer.status_code == 200, answer.text
        client = self.stranger()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client


@pytest.fixture(scope="session")
def seeded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a node whose SQLite directory holds the demo; tests work on copies."""
    folder = tmp_path_factory.mktemp("seeded")

    async def make() -> None:
        async with running_node([directory_service()], settings_for(DISTRICT, folder)) as process:
            await seed(process)

    asyncio.run(make())
    return folder


async def seed(process: NodeProcess) -> None:
    """The demo district's people and units, whatever the node is called."""
    settings = process.settings.model_copy(update={"node_id": DISTRICT.node_id})
    async with process.contexts["directory"].database.transaction(NOW) as tx:
        await seed_demo(tx, settings)


@pytest.fixture
async def directory(tmp_path: Path, node_database_url: str, seeded_folder: Path) -> AsyncIterator[Directory]:
    clock = Clock()
    if not node_database_url:
        shutil.copytree(seeded_folder, tmp_path, dirs_exist_ok=True)
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    async with running_node([directory_service()], settings, clock=clock) as process:
        if node_database_url:
            await seed(process)
        yield Directory(process, clock)


@pytest.fixture
async def admin(directory: Directory) -> AsyncIterator[httpx.AsyncClient]:
    client = await directory.officer("admin")
    yield client
    await client.aclose()
