"""A node that may be killed, on each database; and the marker of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.node import FaultyNode, faulty_node

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder kills or cuts something."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture
async def node(tmp_path: Path, kafka: str, node_database_url: str) -> AsyncIterator[FaultyNode]:
    """A node on each database in turn."""
    async with faulty_node(tmp_path, kafka, node_database_url) as made:
        yield made


@pytest.fixture
async def small_node(tmp_path: Path, kafka: str) -> AsyncIterator[FaultyNode]:
    """A node on SQLite, for faults that have nothing to do with the database."""
    async with faulty_node(tmp_path, kafka, "") as made:
        yield made
