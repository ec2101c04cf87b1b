"""A service is ready once it has read the directory to the end that it saw at start."""

from __future__ import annotations

import secrets
from pathlib import Path

from services.kernel.language.vocabulary import Level
from services.kernel.runtime.surroundings.settings import NodeInfo
from tests.integration.kernel.test_relay_and_agents import _published, seen, tell
from tests.integration.kernel.toy import toy_service
from tests.support.service import client_of, running_node, settings_for
from tests.support.waiting import eventually


async def test_what_was_there_at_start_is_read_before_the_service_is_ready(kafka: str, tmp_path: Path) -> None:
    node = NodeInfo(f"n{secrets.token_hex(4)}", "安澜市云岭区", Level.COUNTY)
    settings = settings_for(node, tmp_path, kafka=kafka)
    async with running_node([toy_service()], settings, with_agents=True) as process:
        await tell(process, "1", "2", "3")
        await eventually(_published(process))
    async with running_node([toy_service()], settings, with_agents=True) as process, client_of(process) as client:

        async def is_ready() -> bool:
            found = (await client.get("/readyz")).json()
            return bool(found["broker"] and found["ready"] and found["directory_read"] == {"directory": True})

        await eventually(is_ready)
        assert await seen(process) == ["1", "2", "3"]
