"""A connection ends when its client sends half a head, half a body, or a head without end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from services.kernel.runtime.storing.connections import HEAD_BYTES, PatientProtocol


class Impatient(PatientProtocol):
    head_within_s = 0.2
    body_silent_for_s = 0.2


async def echo_length(scope: Any, receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await asyncio.sleep(0.5)  # longer than the patience: the answer's time is not the client's
    said = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]})
    await send({"type": "http.response.body", "body": said})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(echo_length, host="127.0.0.1", port=0, http=Impatient, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def _say(port: int, *parts: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.05)
    said = await reader.read()
    writer.close()
    return said


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ([b""], b"408"),
        ([b"GET / HTTP/1.1\r\nHost: a\r\n"], b"408"),
        ([b"GET / HTTP/1.1\r\nHost: a\r\nX: ", *[b"x" * 30_000] * 4], b"431"),
        ([b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (HEAD_BYTES + 1) + b"\r\n\r\n"], b"431"),
        ([b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf"], b"408"),
        ([b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfull"], b"200 OK"),
        ([b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 8\r\n\r\n", *[b"xx"] * 4], b"200 OK"),
    ],
    ids=["nothing", "half a head", "a head without end", "a large head", "half a body", "whole", "slowly"],
)  # fmt: skip
async def test_a_connection_ends(port: int, parts: list[bytes], answer: bytes) -> None:
    said = await asyncio.wait_for(_say(port, *parts), 60)
    assert said.split(b"\r\n")[0].startswith(b"HTTP/1.1 " + answer)
