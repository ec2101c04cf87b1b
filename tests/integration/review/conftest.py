"""The district's review, with its office, a bureau, and the city above."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kernel.language.vocabulary import UnitKind
from tests.integration.review.office import Office, open_office, superior_fact, unit_fact
from tests.support.service import CITY, DISTRICT, TOWNSHIP


@pytest.fixture
async def district(node_database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(DISTRICT, tmp_path, database_url=node_database_url) as office:
        await office.hear(
            "directory.unit",
            unit_fact("云岭区政府办", UnitKind.HEAD_OFFICE, DISTRICT, unit="district"),
            unit_fact("区水利局", UnitKind.BUREAU, DISTRICT, unit="water"),
            unit_fact("龙潭乡", UnitKind.SUBORDINATE, DISTRICT, unit="township", of_node=TOWNSHIP.node_id),
        )
        await office.hear("directory.peer", superior_fact(CITY))
        yield office
