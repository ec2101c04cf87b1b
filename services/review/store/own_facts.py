"""What the history says this office told of an item, for facts that come back after a restore."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from services.kernel.language.events.parts import SubmissionFact
from services.kernel.language.events.review import SubmissionReturned
from services.kernel.language.timeline import Entry
from services.kernel.runtime.storing.session import AsyncSession
from services.review.model import HistoryRow, SentVersion

_RETURNED = SubmissionReturned.TYPE


async def is_told_already(session: AsyncSession, fact: SubmissionFact, entry: Entry) -> bool:
    """Whether the history has the line of this very fact; lines of own facts bear no event id."""
    query = select(HistoryRow.id).where(
        HistoryRow.origin_id == fact.item.origin_id,
        HistoryRow.type == entry.type,
        HistoryRow.hop == entry.hop,
        HistoryRow.version == entry.version,
        HistoryRow.node == entry.node,
        HistoryRow.at == entry.at,
    )
    return (await session.exec(query.limit(1))).first() is not None


async def last_own_word(session: AsyncSession, origin_id: UUID, *, version: int, node: str) -> datetime | None:
    """When this office last did something to this version of the item, the inside lines among it."""
    query = select(func.max(HistoryRow.at)).where(
        HistoryRow.origin_id == origin_id, HistoryRow.version == version, HistoryRow.node == node
    )
    return (await session.exec(query)).one()


async def was_sent_back(session: AsyncSession, fact: SubmissionFact, *, hop: int) -> bool:
    """Whether the receiver of this sending is known to have returned it."""
    sent = select(func.count()).where(
        HistoryRow.origin_id == fact.item.origin_id,
        HistoryRow.type == fact.TYPE,
        HistoryRow.hop == hop,
        HistoryRow.version == fact.item.version,
    )
    returned = select(func.count()).where(
        HistoryRow.origin_id == fact.item.origin_id,
        HistoryRow.type == _RETURNED,
        HistoryRow.hop == hop,
        HistoryRow.version == fact.item.version,
        HistoryRow.node != fact.node,
    )
    return (await session.exec(returned)).one() >= (await session.exec(sent)).one()


async def is_heard_of_elsewhere(session: AsyncSession, fact: SubmissionFact) -> bool:
    """Whether another node did something to this version, so that it went up from here."""
    query = select(HistoryRow.id).where(
        HistoryRow.origin_id == fact.item.origin_id,
        HistoryRow.version == fact.item.version,
        HistoryRow.node != fact.node,
    )
    return (await session.exec(query.limit(1))).first() is not None


async def is_dealt_with(session: AsyncSession, origin_id: UUID, *, version: int, hop: int, node: str) -> bool:
    """Whether this office went on with what just came in: its own lines are here, brought back before it.

    Each own return closes one sending of this version; what was done after the last return
    belongs to the sending after it.
    """
    sendings = select(func.count()).where(
        SentVersion.origin_id == origin_id, SentVersion.version == version, SentVersion.hop == hop
    )
    own = (
        select(HistoryRow.type, HistoryRow.is_inside)
        .where(
            HistoryRow.origin_id == origin_id,
            HistoryRow.version == version,
            HistoryRow.node == node,
            col(HistoryRow.hop).in_([hop, hop + 1]),
        )
        .order_by(col(HistoryRow.at), col(HistoryRow.id))
    )
    lines = [type_ for type_, is_inside in (await session.exec(own)).all() if not is_inside]
    returns = [place for place, type_ in enumerate(lines) if type_ == _RETURNED]
    if (await session.exec(sendings)).one() <= len(returns):
        return True
    return bool(lines[returns[-1] + 1 :] if returns else lines)
