"""The streams by which live pages of signed-in officers hear that they should ask again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from services.kernel.language.refusal import NotPermitted
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.surroundings.signals import NamedChannel
from services.kernel.runtime.web.dependencies import Me
from services.kernel.runtime.web.identity import Officer

PING_S = 20
MOST_CHANNELS = 8
LONGEST_CHANNEL = 80


def live_router(service: Service) -> APIRouter:
    """`GET /live?channel=…` of one service: server-sent events named `changed`.

    A channel that names something (`item:…`) is for those who may read it; the service says who.
    """
    router = APIRouter()

    @router.get("/live", include_in_schema=False)
    async def live(
        request: Request,
        me: Me,
        channel: Annotated[list[Annotated[str, Query(max_length=LONGEST_CHANNEL)]], Query(max_length=MOST_CHANNELS)],
        last_event_id: Annotated[str, Header()] = "",
        last: Annotated[str, Query(alias="last_event_id", max_length=60)] = "",
    ) -> EventSourceResponse:
        context: ServiceContext = request.app.state.context
        await _require_heard(service, context, me, channel)

        async def events() -> AsyncIterator[ServerSentEvent]:
            async for mark in context.signals.changes(channel, last_event_id or last):
                if await context.ended.has(request.state.session_id):
                    return
                yield ServerSentEvent(event="changed", id=mark, data="changed")

        return EventSourceResponse(events(), ping=PING_S, headers={"X-Accel-Buffering": "no"})

    return router


async def _require_heard(service: Service, context: ServiceContext, me: Officer, channels: list[str]) -> None:
    named = [_named(channel) for channel in channels if ":" in channel]
    if not named:
        return
    if service.may_hear is None:
        raise NotPermitted
    async with context.database.reading() as session:
        for channel in named:
            if not await service.may_hear(session, me, channel, context.node):
                raise NotPermitted


def _named(channel: str) -> NamedChannel:
    kind, _, text = channel.partition(":")
    try:
        return NamedChannel(kind, UUID(text))
    except ValueError:
        raise NotPermitted from None
