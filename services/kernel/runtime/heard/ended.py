"""Sign-ins that have ended: every service refuses their tokens at once, though they would be valid for minutes."""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from services.kernel.language.events.directory import SessionEnded
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.tables import ENDED_SESSION
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.signals import Signals

log = structlog.get_logger()

CHANNEL = "sessions"
ASK_AGAIN_S = 1.0
"""So long a sign-in that was found in force is taken to be; one that ends here, or is told to have, is asked for at once."""
KEPT = timedelta(minutes=15)
"""Longer than any token lasts."""
MOST_REMEMBERED = 10_000


async def note_ended_sessions(tx: Transaction, fact: SessionEnded) -> None:
    """Keep which sign-ins ended, for as long as a token of theirs could be in force."""
    insert = (postgresql if tx.session.get_bind().dialect.name == "postgresql" else sqlite).insert(ENDED_SESSION)
    rows = [{"session_id": str(one), "ended_at": fact.ended_at} for one in fact.session_ids]
    if rows:
        await tx.session.execute(insert.on_conflict_do_nothing(), rows)
    await tx.session.execute(delete(ENDED_SESSION).where(ENDED_SESSION.c.ended_at < tx.now - KEPT))
    tx.signal(CHANNEL)


class EndedSessions:
    """Answers whether a sign-in has ended: from memory for a second, then from the database."""

    def __init__(self, database: Database, signals: Signals) -> None:
        self._database = database
        self._signals = signals
        self._in_force: dict[str, tuple[str, float]] = {}

    async def has(self, session_id: str, *, at_once: bool = False) -> bool:
        """Whether this sign-in has ended; `at_once` for a write, which never relies on what was found before."""
        mark = self._signals.mark([CHANNEL])
        known, at = self._in_force.get(session_id, ("", 0.0))
        if not at_once and known == mark and time.monotonic() - at < ASK_AGAIN_S:
            return False
        try:
            is_ended = await self._is_kept(session_id)
        except (SQLAlchemyError, OSError) as fault:  # nothing can be written meanwhile, and pages say so themselves
            log.warning("identity.session.unknown", service=self._database.service, fault=repr(fault)[:300])
            return False
        if not is_ended:
            self._remember(session_id, mark)
        return is_ended

    async def _is_kept(self, session_id: str) -> bool:
        query = select(ENDED_SESSION.c.session_id).where(ENDED_SESSION.c.session_id == session_id)
        async with self._database.reading() as session:
            return (await session.execute(query)).first() is not None

    def _remember(self, session_id: str, mark: str) -> None:
        if len(self._in_force) >= MOST_REMEMBERED:
            self._in_force.clear()
        self._in_force[session_id] = (mark, time.monotonic())
