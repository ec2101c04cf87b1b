"""The scoreboards of the story's nodes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.stats.scoreboard import Scoreboard, open_scoreboard


@pytest.fixture
async def district(node_database_url: str, tmp_path: Path) -> AsyncIterator[Scoreboard]:
    async with open_scoreboard("district", tmp_path, database_url=node_database_url) as board:
        yield board


@pytest.fixture
async def told_district(district: Scoreboard) -> Scoreboard:
    """The district after the story."""
    await district.hear_story()
    return district
