"""What the directory does unasked: forget sign-in counts and sessions that no longer matter."""

from __future__ import annotations

import asyncio

from services.directory.actions.sessions import forget_ended
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings.clock import pause

_EVERY_S = 3600.0


async def forget_ended_sign_ins(context: ServiceContext, stop: asyncio.Event) -> None:
    """Once an hour, delete what rested or ended long enough ago."""
    while not stop.is_set():
        async with context.database.transaction(context.clock()) as tx:
            await forget_ended(tx)
        await pause(stop, _EVERY_S)
