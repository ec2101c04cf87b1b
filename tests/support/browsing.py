"""Chromium before a node that runs inside the test: one service with its pages, no broker, no neighbours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.web.identity import TOKEN_COOKIE, Officer
from tests.journeys.browser import ARGUMENTS, CHROMIUM, DESK_SIZE
from tests.support.service import token_for

WITHIN_MS = 60_000
"""A busy machine must not make a test fail."""

expect.set_options(timeout=WITHIN_MS)


@asynccontextmanager
async def served(process: NodeProcess) -> AsyncIterator[str]:
    """The node's address while it is served, with its streams, to anybody on this machine."""
    config = uvicorn.Config(process.app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = server.force_exit = True
    await serving


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


async def signed_in(
    browser: Browser, process: NodeProcess, origin: str, who: Officer | None, **options: Any
) -> BrowserContext:
    """A browser of its own in which `who` is signed in by a real token."""
    given: dict[str, Any] = {"viewport": DESK_SIZE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
    context = await browser.new_context(base_url=origin, **given)
    context.set_default_timeout(WITHIN_MS)
    if who is not None:
        first = next(iter(process.contexts.values()))
        token = token_for(who, first.token_keys, first.node.node_id, first.clock())
        await context.add_cookies([{"name": TOKEN_COOKIE, "value": token, "url": origin}])
    return context
