"""The district's review, with its office, a bureau, and the city above."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.review.office import Office, open_district


@pytest.fixture
async def district(node_database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_district(tmp_path, database_url=node_database_url) as office:
        yield office
