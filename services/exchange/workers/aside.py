"""One row that cannot be told stops only itself: it is found by halves and set aside, the lane goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from services.exchange.actions import Arrived
from services.exchange.policy.wire import Message
from services.kernel.runtime.storing.database_faults import is_passing

log = structlog.get_logger()

MOST_SET_ASIDE = 20
"""So many rows of one batch are found one by one; with more, all of the batch are set aside."""

Arrive = Callable[[Collection[int]], Awaitable[Arrived]]
"""Takes the message in, without telling the rows with these numbers."""


async def arrive_without_bad(message: Message, arrive: Arrive, attempt: Arrive) -> Arrived:
    """Take in a message some of whose rows cannot be told; `attempt` tries and leaves nothing behind.

    Raises:
        Exception: It fails also with none of its rows told: then the rows are not the reason.
    """
    numbers = [row.n for row in message.rows]
    await attempt(numbers)
    bad: set[int] = set()
    while len(bad) < MOST_SET_ASIDE and not await _goes(attempt, bad):
        bad.add(await _first_bad(numbers, bad, attempt))
    if len(bad) >= MOST_SET_ASIDE:
        bad = set(numbers)
    if bad:
        link = message.statement.chain.link
        log.error("exchange.rows.set_aside", link=link, numbers=sorted(bad)[:MOST_SET_ASIDE])
    return await arrive(bad)


async def _first_bad(numbers: Sequence[int], bad: set[int], attempt: Arrive) -> int:
    """The first row with which telling fails, those known as bad left out."""
    good, failing = 0, len(numbers)
    while failing - good > 1:
        middle = (good + failing) // 2
        if await _goes(attempt, bad | set(numbers[middle:])):
            good = middle
        else:
            failing = middle
    return numbers[good]


async def _goes(attempt: Arrive, untold: Collection[int]) -> bool:
    try:
        await attempt(untold)
    except Exception as fault:
        if is_passing(fault):
            raise
        return False
    return True
