"""The time that retention goes by: it follows the clock in small steps, so that a clock that jumps ages nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from services.kernel.runtime.keeping.retention import note_reached, reached_by
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.storing.transaction import Transaction

STEP = timedelta(hours=2)
"""So far a round moves the time on at most: a node that was off for ten days has caught up after twenty hours."""
DOUBTFUL = timedelta(days=1)
"""So far ahead of the last round, a clock is wrong, or the node was off."""
_TIME = "time"


async def next_round_at(tx: Transaction) -> datetime:
    """The time by which the next round judges what is old, from now on the last round's; never after `tx.now`.

    A clock that is years ahead for a while does not make facts old that listeners are still to
    apply: for that it would have to stay wrong through thousands of rounds, with an alarm.
    """
    last = await last_round_at(tx.session) or await _newest_fact_at(tx.session) or tx.now
    now = min(tx.now, last + STEP)
    await note_round_at(tx, max(now, last))  # a clock that was set back for a while would take years to catch up
    return now


async def last_round_at(session: AsyncSession) -> datetime | None:
    """The time of the last round; None before the first."""
    before = await reached_by(session, _TIME)
    return datetime.fromtimestamp(before, UTC) if before else None


async def note_round_at(tx: Transaction, at: datetime) -> None:
    """Keep the time of a round, in whole seconds."""
    await note_reached(tx.session, _TIME, int(at.timestamp()))


async def _newest_fact_at(session: AsyncSession) -> datetime | None:
    """Before the first round only the service's own facts say what time it is."""
    newest = select(OUTBOX.c.told_at).order_by(OUTBOX.c.id.desc()).limit(1)
    return (await session.execute(newest)).scalar_one_or_none()
