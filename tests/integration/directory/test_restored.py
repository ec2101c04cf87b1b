"""A directory put back over a real broker: a unit registered since the backup is on its list again."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from services.directory.app import directory_service
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.surroundings.settings import Settings
from tests.integration.directory.conftest import PASSWORD, seed
from tests.support.putting_back import (
    everything_has_left,
    is_refused_as_older,
    own_settings,
    put_back,
    run_restore,
)
from tests.support.service import client_of, running_node
from tests.support.waiting import eventually

UNITS = "/directory/api/v1/units"
NEW = {"name": "云岭区文物局", "kind": "bureau"}


@asynccontextmanager
async def node(settings: Settings) -> AsyncIterator[tuple[NodeProcess, httpx.AsyncClient]]:
    """The directory with its relay, and somebody who is not signed in."""
    async with running_node([directory_service()], settings, with_agents=True) as process, client_of(process) as client:
        yield process, client


async def sign_in(client: httpx.AsyncClient) -> None:
    """A moment after a restore the process knows that it may write again, and lets people in."""

    async def is_let_in() -> bool:
        answer = await ask_in(client)
        client.headers["Authorization"] = f"Bearer {answer.json().get('access_token')}"
        return answer.status_code == 200

    await eventually(is_let_in)


async def ask_in(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/directory/api/v1/tokens", json={"username": "admin", "password": PASSWORD})


async def names(client: httpx.AsyncClient) -> list[str]:
    return sorted(one["name"] for one in (await client.get(UNITS)).json()["items"])


async def test_a_unit_registered_after_the_backup_is_on_the_list_again(tmp_path: Path, kafka: str) -> None:
    settings, backup = own_settings(tmp_path / "data", kafka), tmp_path / "backup.db"
    async with node(settings) as (process, _):
        await seed(process)
        await everything_has_left(process, "directory")
    shutil.copy(settings.data_dir / "directory.db", backup)
    async with node(settings) as (process, client):
        await sign_in(client)
        registered = await client.post(UNITS, json=NEW)
        assert registered.status_code == 201, registered.text
        before = await names(client)
        assert NEW["name"] in before
        await everything_has_left(process, "directory")
    put_back(settings, "directory", backup)
    async with node(settings) as (process, client):
        await is_refused_as_older(lambda: ask_in(client))
        await run_restore(process, directory_service())
        await sign_in(client)
        assert await names(client) == before
        again = await client.post(UNITS, json=NEW)
        assert again.status_code == 409, again.text
