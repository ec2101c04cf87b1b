"""How far each listener of a service has come: what has not taken effect there, retention keeps for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from services.kernel.runtime.keeping.retention import emptied_up_to, note_reached
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import KEEPING, OUTBOX
from services.kernel.runtime.storing.transaction import Transaction

_PREFIX = "listener "


@dataclass(frozen=True, slots=True)
class Late:
    """A listener for which content is kept beyond its time, and when the first such fact was told."""

    listener: str
    since: datetime


async def note_applied(tx: Transaction, listener: str, reached: int) -> None:
    """Keep that everything up to this outbox row took effect at a listener, or waits there with its data.

    The number may be lower than the one before: the listener's database was put back from a backup.
    """
    await note_reached(tx.session, _PREFIX + listener, reached)


async def forget_listener(tx: Transaction, listener: str) -> bool:
    """Keep nothing for a listener that is gone for good; whether it was known. One that is not gone says so again."""
    done: Any = await tx.session.execute(delete(KEEPING).where(KEEPING.c.name == _PREFIX + listener))
    if done.rowcount:
        tx.audit("listener.forgotten", listener, by=None)
    return bool(done.rowcount)


async def applied_by(session: AsyncSession) -> Mapping[str, int]:
    """Listener → the outbox row up to which everything took effect there, of all that ever said so."""
    query = select(KEEPING.c.name, KEEPING.c.reached).where(KEEPING.c.name.startswith(_PREFIX))
    return {row.name.removeprefix(_PREFIX): row.reached for row in await session.execute(query)}


async def list_late(session: AsyncSession, before: datetime) -> list[Late]:
    """The listeners that have not applied something told before an instant, whose data is still here."""
    found, emptied_to = [], await emptied_up_to(session)
    for listener, reached in (await applied_by(session)).items():
        query = select(OUTBOX.c.told_at).where(OUTBOX.c.id > max(reached, emptied_to)).order_by(OUTBOX.c.id).limit(1)
        since = (await session.execute(query)).scalar_one_or_none()
        if since is not None and since < before:
            found.append(Late(listener, since))
    return found
