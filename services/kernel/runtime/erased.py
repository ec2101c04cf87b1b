"""Which items were erased here: nothing that is told, sent or brought back about them later says anything any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import select

from services.kernel.language.envelope import Envelope
from services.kernel.language.events.exchange import ABOUT_ERASURE
from services.kernel.runtime import sets
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.tables import ERASED_ITEM

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


async def erased_among(session: AsyncSession, keys: Iterable[str]) -> set[str]:
    """Which of these items were erased here."""
    wanted = list(keys)
    if not wanted:
        return set()
    query = select(ERASED_ITEM.c.origin_id).where(ERASED_ITEM.c.origin_id.in_(sets.texts(session, wanted)))
    return set((await session.execute(query)).scalars())
