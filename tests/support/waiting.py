"""Waiting for what must come true, however slow the machine is: no test fails by being slow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

LONG_S = 400.0
"""Far beyond what the slowest machine needs, and short of a test's own limit: a wait in vain says what it waited for."""


async def eventually(holds: Callable[[], Awaitable[Any]]) -> None:
    """Return when the claim holds.

    Raises:
        AssertionError: It did not within `LONG_S`.
    """
    give_up_at = time.monotonic() + LONG_S
    while not await holds():
        assert time.monotonic() < give_up_at, f"did not come true within {LONG_S} s"
        await asyncio.sleep(0.1)
