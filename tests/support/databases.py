"""Fixtures that run a test on each database, a new one every time: `database_url` is one that `make_schemas` will make.

SHANGDA_TEST_DATABASES=sqlite,postgresql says which; without it, PostgreSQL takes part where its
programs are installed.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from services.kernel.runtime.storing import sqlite
from tests.support.postgres import PostgresServer, find_programs
from tests.support.schemas import make_room

# As PostgreSQL's fsync: what the system holds in memory survives the tests' own process, which nobody cuts the power of.
_UNFLUSHED: Any = [pragma.replace("synchronous=FULL", "synchronous=OFF") for pragma in sqlite._PRAGMAS]
sqlite._PRAGMAS = tuple(_UNFLUSHED)


def _chosen() -> list[str]:
    if given := os.environ.get("SHANGDA_TEST_DATABASES"):
        return [name.strip() for name in given.split(",")]
    return ["sqlite", "postgresql"] if find_programs() else ["sqlite"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL server that this run shares."""
    server = PostgresServer.create()
    yield server
    server.remove()


@pytest.fixture
def stoppable_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the test's own, to be stopped and started again."""
    server = PostgresServer.create()
    yield server
    server.remove()


@pytest.fixture(params=_chosen())
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which database this run of the test uses: `sqlite` or `postgresql`."""
    return request.param


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that is not there yet, for one service or for a PostgreSQL node: `make_schemas` makes it."""
    if database_kind == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_url()
    yield url
    server.drop_database(url)


@pytest.fixture
async def empty_database_url(database_url: str) -> str:
    """The URL of a new, empty database."""
    await make_room(make_url(database_url))
    return database_url


@pytest.fixture
def node_database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """What a whole node takes as SHANGDA_DATABASE_URL: empty for SQLite, which has a file per service."""
    return "" if database_kind == "sqlite" else request.getfixturevalue("database_url")


@pytest.fixture
def node_urls(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Gives a new node database each time: nothing for SQLite, which has its files, else a URL as `database_url`."""
    if database_kind == "sqlite":
        yield lambda: ""
        return
    server = request.getfixturevalue("postgres")
    made: list[str] = []

    def new() -> str:
        made.append(server.new_url())
        return made[-1]

    yield new
    for url in made:
        server.drop_database(url)
