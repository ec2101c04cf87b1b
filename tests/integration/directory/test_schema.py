"""The migrations make the tables that the classes describe."""

from __future__ import annotations

from services.directory.app import directory_service
from services.kernel.runtime.storing.migrations import differences
from tests.support.service import service_database


async def test_migrations_and_table_classes_agree(database_url: str) -> None:
    service = directory_service()
    async with service_database(service, database_url) as database:
        assert await differences(database, service.metadata) == []
