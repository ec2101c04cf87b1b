"""A node as it is served: what comes half or without end is closed, and the address is the one that the proxy names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn

from services.kernel.runtime.running.serving import http_config
from services.kernel.runtime.storing.connections import HEAD_BYTES, PatientProtocol
from tests.integration.kernel.test_edge import router
from tests.integration.kernel.toy import toy_service
from tests.support.service import DISTRICT, running_node, settings_for
from tests.support.waiting import LONG_S


@pytest.fixture
async def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(PatientProtocol, "head_within_s", 0.3)
    monkeypatch.setattr(PatientProtocol, "body_silent_for_s", 0.3)
    settings = settings_for(DISTRICT, tmp_path).model_copy(update={"port": 0})
    async with running_node([replace(toy_service(), routers=(router,))], settings) as process:
        config = http_config(process, settings)
        config.lifespan = "off"  # running_node has entered it
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = True
        await serving


async def say(port: int, said: bytes) -> bytes:
    """All that is answered until the node closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), LONG_S)
    writer.close()
    return answer.split(b"\r\n")[0]


HEAD = b"Host: node.test\r\nConnection: close\r\n"
ASKED = [
    (b"", b"408"),
    (b"GET /livez HTTP/1.1\r\nHost: no", b"408"),
    (b"POST /directory/api/v1/notes HTTP/1.1\r\n" + HEAD + b"Content-Length: 9\r\n\r\nhalf", b"408"),
    (b"GET /livez HTTP/1.1\r\n" + HEAD + b"X: " + b"x" * HEAD_BYTES + b"\r\n\r\n", b"431"),
    (b"GET /livez HTTP/1.1\r\n" + HEAD + b"\r\n", b"200"),
    (b"GET /metrics HTTP/1.1\r\n" + HEAD + b"\r\n", b"200"),
    (b"GET /metrics HTTP/1.1\r\n" + HEAD + b"X-Forwarded-For: 192.0.2.7\r\n\r\n", b"404"),
    (b"GET /directory/live?channel=x HTTP/1.1\r\n" + HEAD + b"\r\n", b"401"),
]


@pytest.mark.parametrize(
    ("asked", "status"), ASKED,
    ids=["nothing", "half a head", "half a body", "a large head", "whole", "own machine", "through the proxy", "live"],
)  # fmt: skip
async def test_a_connection_is_answered_or_closed(port: int, asked: bytes, status: bytes) -> None:
    assert (await say(port, asked)).split()[1] == status
