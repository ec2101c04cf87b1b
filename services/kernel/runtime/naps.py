"""The edge's clock and its waiting: the only places where time is read or passed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current instant; read at the edge and handed down as `now`."""
    return datetime.now(UTC)


async def nap(stop: asyncio.Event, seconds: float) -> None:
    """Wait `seconds`, or less when `stop` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
