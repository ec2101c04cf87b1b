"""Live pages: a commit signals a channel, pages that show it ask again."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

PING_S = 20
MOST_CHANNELS = 8


class Signals:
    """Counts changes per channel in this process. An event id that it does not know means: ask again."""

    def __init__(self) -> None:
        self._boot = secrets.token_hex(4)
        self._counts: dict[str, int] = defaultdict(int)
        self._woken: set[asyncio.Event] = set()

    def publish(self, channel: str) -> None:
        """Say that what `channel` shows has changed."""
        self._counts[channel] += 1
        for event in self._woken:
            event.set()

    def mark(self, channels: list[str]) -> str:
        """The state of these channels as an event id."""
        return f"{self._boot}-{sum(self._counts[channel] for channel in channels)}"

    async def changes(self, channels: list[str], last_event_id: str) -> AsyncIterator[str]:
        """Event ids, one per change (several changes at once count as one)."""
        event = asyncio.Event()
        self._woken.add(event)
        try:
            seen = last_event_id or self.mark(channels)
            while True:
                event.clear()
                if (now := self.mark(channels)) != seen:
                    seen = now
                    yield now
                    continue
                await event.wait()
        finally:
            self._woken.discard(event)


def live_router() -> APIRouter:
    """`GET /live?channel=…` of one service: server-sent events named `changed`."""
    router = APIRouter()

    @router.get("/live", include_in_schema=False)
    async def live(
        request: Request,
        channel: Annotated[list[str], Query(max_length=MOST_CHANNELS)],
        last_event_id: Annotated[str, Header()] = "",
        last: Annotated[str, Query(alias="last_event_id", max_length=60)] = "",
    ) -> EventSourceResponse:
        signals: Signals = request.app.state.context.signals

        async def events() -> AsyncIterator[ServerSentEvent]:
            async for mark in signals.changes(channel, last_event_id or last):
                yield ServerSentEvent(event="changed", id=mark, data="changed")

        return EventSourceResponse(events(), ping=PING_S, headers={"X-Accel-Buffering": "no"})

    return router
