"""Which items were erased here: nothing that is told, sent or brought back about them later says anything any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import select, text

from services.kernel.language.envelope import Envelope
from services.kernel.language.events.exchange import ABOUT_ERASURE
from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import ERASED_ITEM

ERASED = "erased"
"""Why a fact has no data any more: its item was erased."""


def is_about_erased(envelope: Envelope, erased: Collection[str]) -> bool:
    """Whether a fact is about one of these items; what is said about the erasure itself is not meant."""
    return envelope.subject in erased and envelope.type not in ABOUT_ERASURE


def empty_if_erased(envelope: Envelope, erased: Collection[str]) -> Envelope:
    """The envelope; without its data when it is about one of these items."""
    if not is_about_erased(envelope, erased):
        return envelope
    return replace(envelope, data=b"", traceparent="", emptied=ERASED)


ITEMS_HELD = (
    "(SELECT count(pg_advisory_xact_lock_shared(hashtext(current_schema() || ' items'), part)) "
    "FROM (SELECT DISTINCT hashtext(item) & 63 AS part FROM unnest(CAST(:keys AS text[])) AS item) AS parts) >= 0"
)
"""PostgreSQL, always true: none of the items `keys` is erased from here until the commit.

Whether one was before, only a later statement sees. A lock stands for every sixty-fourth item, as
a server has room for few thousands of them. SQLite has one writer anyway.
"""
_HOLD = text(f"SELECT {ITEMS_HELD}")
_HOLD_ALONE = text("SELECT pg_advisory_xact_lock(hashtext(current_schema() || ' items'), hashtext(:item) & 63)")


async def hold_alone(session: AsyncSession, item: str) -> None:
    """Wait until nobody writes about an item any more; until the commit nobody begins to."""
    if many_values.is_postgresql(session):
        await session.execute(_HOLD_ALONE, {"item": item})


async def hold_unless_erased(session: AsyncSession, keys: Iterable[str]) -> set[str]:
    """Which of these items were erased here; none of the others is until the commit."""
    wanted = sorted(set(keys))
    if wanted and many_values.is_postgresql(session):
        await session.execute(_HOLD, {"keys": wanted})
    return await erased_among(session, wanted)


async def erased_among(session: AsyncSession, keys: Iterable[str]) -> set[str]:
    """Which of these items were erased here."""
    wanted = list(keys)
    if not wanted:
        return set()
    query = select(ERASED_ITEM.c.origin_id).where(ERASED_ITEM.c.origin_id.in_(many_values.texts(session, wanted)))
    return set((await session.execute(query)).scalars())
