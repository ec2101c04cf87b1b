"""Set the gauges of the directory from its database."""

from __future__ import annotations

from datetime import datetime

from services.directory import metrics, store
from services.directory.policy.sign_in import LOCK_LASTS, TRIES_BEFORE_LOCK
from services.kernel.runtime.storing.session import AsyncSession


async def measure(session: AsyncSession, *, node_id: str, now: datetime) -> None:
    """Count the sessions in force and the usernames that are locked out."""
    metrics.SESSIONS.labels(node_id).set(await store.count_sessions(session, now))
    locked = await store.count_locked(session, failed=TRIES_BEFORE_LOCK, since=now - LOCK_LASTS)
    metrics.LOCKED_ACCOUNTS.labels(node_id).set(locked)
