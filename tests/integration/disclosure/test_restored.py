"""A database of disclosure put back over a real broker: no number goes out twice, and what is out can be taken down."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.disclosure.app import disclosure_service
from services.kernel.runtime.surroundings.settings import Settings
from tests.integration.disclosure.conftest import API, OFFICE, PUBLISHER, World, directory
from tests.support.putting_back import is_refused_as_older, own_settings, put_back, run_restore
from tests.support.service import running_node
from tests.support.waiting import eventually


@pytest.fixture
def settings(tmp_path: Path, kafka: str) -> Settings:
    return own_settings(tmp_path / "data", kafka)


@asynccontextmanager
async def office(settings: Settings) -> AsyncIterator[World]:
    """A node of disclosure with its agents, that knows its own office."""
    async with running_node([directory(set()), disclosure_service()], settings, with_agents=True) as process:
        world = World(process)
        yield world
        for client in world.clients.values():
            await client.aclose()


async def tell_office(world: World, settings: Settings) -> None:
    """The directory tells the unit whose code stands in the index numbers."""
    context = world.process.contexts["directory"]
    async with context.database.transaction(context.clock()) as tx:
        tx.tell(OFFICE.model_copy(update={"node_id": settings.node_id}))


async def publish(world: World, information_id: str) -> str:
    """Publish, as soon as the office is known; the index number."""
    answered: list[str] = []

    async def is_published() -> bool:
        answer = await world.client(PUBLISHER).post(f"{API}/{information_id}/publish")
        answered.append(str(answer.json().get("index_no")))
        return answer.status_code == 200

    await eventually(is_published)
    return answered[-1]


async def on_portal(world: World) -> dict[str, str]:
    """Index number of every text that citizens find, by its id."""
    found = (await world.client().get("/open/api/v1/information")).json()["items"]
    return {one["information_id"]: one["index_no"] for one in found}


async def at_office(world: World) -> dict[str, str]:
    """Index number of every text that the office shows as published, by its id."""
    found = (await world.client(PUBLISHER).get(API, params={"status": "published"})).json()["items"]
    return {one["information_id"]: one["index_no"] for one in found}


async def shows(world: World, expected: dict[str, str]) -> None:
    async def agree() -> bool:
        return await on_portal(world) == expected == await at_office(world)

    await eventually(agree)


async def test_what_was_published_after_the_backup_is_there_again_under_its_number(
    settings: Settings, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    async with office(settings) as world:
        await tell_office(world, settings)
        first, second, third = [await world.approved() for _ in range(3)]
        numbers = {first: await publish(world, first)}
        await shows(world, numbers)
    shutil.copy(settings.data_dir / "disclosure.db", backup)
    async with office(settings) as world:
        numbers[second] = await publish(world, second)
        down = await world.client(PUBLISHER).post(f"{API}/{first}/revoke", json={"reason": "内容有误。"})
        assert down.status_code == 200, down.text
        await shows(world, {second: numbers[second]})
    put_back(settings, "disclosure", backup)
    async with office(settings) as world:
        await is_refused_as_older(lambda: world.client(PUBLISHER).post(f"{API}/{third}/publish"))
        assert (await world.client(PUBLISHER).get(API)).status_code == 200
        await run_restore(world.process, disclosure_service())
        await shows(world, {second: numbers[second]})
        numbers[third] = await publish(world, third)
        assert len(set(numbers.values())) == 3, numbers
        await shows(world, {one: numbers[one] for one in (second, third)})
        down = await world.client(PUBLISHER).post(f"{API}/{second}/revoke", json={"reason": "内容有误。"})
        assert down.status_code == 200, down.text
        await shows(world, {third: numbers[third]})
