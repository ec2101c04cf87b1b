"""Two nodes on each database."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.exchange.two_nodes import Node, two_nodes


@pytest.fixture
def node_urls(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Gives a new node database each time: nothing for SQLite, which has its files, else a URL."""
    if database_kind == "sqlite":
        yield lambda: ""
        return
    server = request.getfixturevalue("postgres")
    made: list[str] = []

    def new() -> str:
        made.append(server.new_database())
        return made[-1]

    yield new
    for url in made:
        server.drop_database(url)


@pytest.fixture
async def pair(tmp_path: Path, node_urls: Callable[[], str]) -> AsyncIterator[tuple[Node, Node]]:
    """Township and district without a broker: their messages are handed over by the test."""
    async with two_nodes(tmp_path, node_urls) as nodes:
        yield nodes


@pytest.fixture
async def linked(tmp_path: Path, node_urls: Callable[[], str], kafka: str) -> AsyncIterator[tuple[Node, Node]]:
    """Township and district with a broker between them; nothing is carried yet."""
    async with two_nodes(tmp_path, node_urls, kafka=kafka, heartbeat_s=2.0) as nodes:
        yield nodes
