"""The edge's clock and its waiting: the only places where time is read or passed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current instant; read at the edge and handed down as `now`."""
    return datetime.now(UTC)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait `seconds`, or less when `stop` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def pause_until(stop: asyncio.Event, woken: asyncio.Event, seconds: float) -> None:
    """Wait `seconds`, or less when `stop` or `woken` is set."""
    waits = [asyncio.create_task(pause(stop, seconds)), asyncio.create_task(woken.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
