"""Chromium as the journeys drive it, and a watch over what the pages do there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    sync_playwright,
)

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK_SIZE: ViewportSize = {"width": 1440, "height": 900}
PHONE_SIZE: ViewportSize = {"width": 390, "height": 844}

# Two seconds on an idle machine are the promise; a busy one must not make a journey fail.
WITHIN_MS = 60_000

# A refused form answers 4xx by design, and the browser writes a line about every such answer.
_REFUSED = "the server responded with a status of 4"
_INSIDE = ("data:", "blob:", "about:")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What no page may do: errors in its console, requests to another host, missing parts, bugs of the server."""

    origin: str
    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a browser context from now on."""
        context.on("console", self._heard)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and _REFUSED not in message.text:
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if not request.url.startswith(_INSIDE) and f"{address.scheme}://{address.netloc}" != self.origin:
            self.faults.append(f"left the node: {request.url}")

    def _answered(self, response: Response) -> None:
        is_part = response.request.resource_type in {"stylesheet", "script", "image", "font"}
        if response.status >= 500 or (is_part and response.status >= 400):
            self.faults.append(f"{response.status}: {response.url}")


def new_page(browser: Browser, origin: str, watch: Watch | None = None, **options: Any) -> Page:
    """A page in a browser context of its own, as on a machine of its own."""
    context = browser.new_context(
        base_url=origin, locale="zh-CN", timezone_id="Asia/Shanghai", **{"viewport": DESK_SIZE, **options}
    )
    context.set_default_timeout(WITHIN_MS)
    if watch is not None:
        watch.over(context)
    return context.new_page()
