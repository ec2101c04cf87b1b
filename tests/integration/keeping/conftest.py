"""A toy service with its database, on each kind of database."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.kernel.runtime.running.app import make_context
from services.kernel.runtime.service import ServiceContext
from tests.integration.kernel.toy import toy_service
from tests.support.schemas import make_schemas
from tests.support.service import DISTRICT, settings_for


@pytest.fixture
async def toy(tmp_path: Path, node_database_url: str) -> AsyncIterator[ServiceContext]:
    """A running context of the toy, under the directory's name."""
    async with httpx.AsyncClient(base_url="http://node.test") as http:
        context = make_context(toy_service(), settings_for(DISTRICT, tmp_path, database_url=node_database_url), http)
        await make_schemas([(context.database, toy_service().migrations)])
        yield context
        await context.database.close()
