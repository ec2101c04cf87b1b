"""Two nodes on each database."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.integration.exchange.two_nodes import Node, two_nodes


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
