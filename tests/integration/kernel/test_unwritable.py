"""A database that takes no writes: saving answers 503 and keeps the text, readiness says so, the log says it once."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import Form
from fastapi.responses import HTMLResponse
from sqlalchemy import insert, text
from structlog.testing import capture_logs

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.web.dependencies import Tx, edge_router
from tests.integration.kernel.toy import APPLIED, toy_service
from tests.support.service import DISTRICT, client_of, officer, running_node, settings_for

router = edge_router()
LONG = "龙潭乡三号泵站老化，汛期前需要更换。" * 20


@router.post("/notes")
async def write_note(tx: Tx, name: Annotated[str, Form()]) -> HTMLResponse:
    await tx.session.execute(insert(APPLIED).values(key="a", name=name[:200]))
    return HTMLResponse("saved")


@dataclass
class Ground:
    """Where the node stands, and how it is taken away and given back."""

    folder: Path
    url: str
    take_away: Callable[[Database], Awaitable[None]]
    give_back: Callable[[Database], Awaitable[None]]


@pytest.fixture
def ground(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    if database_kind == "postgresql":
        url = request.getfixturevalue("database_url")
        yield Ground(
            tmp_path, url, lambda database: _read_only(database, "on"), lambda database: _read_only(database, "off")
        )
        return
    if os.geteuid() != 0:
        pytest.skip("only root can make a disk that is full")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=True)
    ballast = disk / "ballast"
    yield Ground(disk, "", lambda _: _fill(ballast), lambda _: asyncio.to_thread(ballast.unlink))
    subprocess.run(["umount", "-l", disk], check=True)


async def _nothing(_: object) -> None:
    """Done already."""


async def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"0" * 4096):
                pass
        except OSError:
            return


async def _read_only(database: Database, is_on: str) -> None:
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET default_transaction_read_only = off"))
        name = database.url.database
        await connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = {is_on}"))
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
        )
        await connection.execute(text(others), {"name": name})
    await database.engine.dispose()


@asynccontextmanager
async def serving(ground: Ground) -> AsyncIterator[tuple[Database, httpx.AsyncClient]]:
    settings = settings_for(DISTRICT, ground.folder, database_url=ground.url)
    service = replace(toy_service(), routers=(router,))
    async with (
        running_node([service], settings) as process,
        client_of(process, officer(Role.EDITOR)) as client,
    ):
        yield process.contexts["directory"].database, client


async def test_a_save_says_so_keeps_the_text_and_succeeds_later(ground: Ground) -> None:
    async with serving(ground) as (database, client):
        assert (await client.post("/directory/notes", data={"name": "before"})).status_code == 200
        assert (await client.get("/readyz")).status_code == 200
        with capture_logs() as lines:
            await ground.take_away(database)
            answers = [await client.post("/directory/notes", data={"name": LONG}) for _ in range(20)]
            page = await client.post("/directory/notes", data={"name": LONG}, headers={"Accept": "text/html"})
            ready = await client.get("/readyz")
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "database_unwritable")}
        assert page.status_code == 503
        assert LONG in page.text
        assert 'action="/directory/notes"' in page.text
        assert ready.status_code == 503
        assert ready.json()["databases"] == {"directory": False}
        assert [line["event"] for line in lines].count("database.write.refused") == 1
        assert not [line for line in lines if line["event"] == "http.request.failed"]
        await ground.give_back(database)
        assert (await client.post("/directory/notes", data={"name": LONG})).status_code == 200
        await _until_ready(client)


async def _until_ready(client: httpx.AsyncClient) -> None:
    give_up_at = time.monotonic() + 60
    while (await client.get("/readyz")).status_code != 200:
        assert time.monotonic() < give_up_at
        await asyncio.sleep(0.2)


async def _read_anew(database: Database) -> int:
    """What a connection sees that is made only now, as the second reader's of a busy moment is."""
    other = Database(database.url, service=database.service, node=database.node)
    try:
        async with other.reading() as session:
            return int((await session.execute(text("SELECT count(*) FROM toy_applied"))).scalar_one())
    finally:
        await other.close()


async def test_who_comes_new_reads_while_nothing_can_be_written(ground: Ground) -> None:
    async with serving(ground) as (database, client):
        assert (await client.post("/directory/notes", data={"name": "before"})).status_code == 200
        await ground.take_away(database)
        assert await _read_anew(database) == 1
        await ground.give_back(database)


async def test_who_comes_new_reads_while_another_program_writes(tmp_path: Path) -> None:
    async with serving(Ground(tmp_path, "", _nothing, _nothing)) as (database, client):
        assert (await client.post("/directory/notes", data={"name": "before"})).status_code == 200
        with closing(sqlite3.connect(tmp_path / "directory.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await _read_anew(database) == 1
