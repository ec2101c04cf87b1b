"""Score events, and which of them have to be looked at together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Table, delete, func, insert
from sqlmodel import col, select

from services.kernel.language.vocabulary import AdoptionMode, InfoType, LeaderRank, Level, PeriodicalKind, System, Word
from services.kernel.runtime.pages.paging import Order, Part
from services.kernel.runtime.storing.outbox import slices
from services.kernel.runtime.storing.session import AsyncSession
from services.stats.model import StoredEntry, StoredEvent
from services.stats.policy import EventKind, ScoreEntry, ScoreEvent

_SLICE = 400
_OLDEST = Order(col(StoredEvent.happened_on), col(StoredEvent.event_id))
_ENTRIES: Table = StoredEntry.__table__
_WORDS: dict[str, type[Word]] = {
    "kind": EventKind, "level": Level, "info_type": InfoType, "periodical_kind": PeriodicalKind,
    "mode": AdoptionMode, "leader_rank": LeaderRank, "system": System,
}  # fmt: skip


async def list_events(session: AsyncSession, origins: Collection[UUID]) -> list[StoredEvent]:
    """All events of these items."""
    found: list[StoredEvent] = []
    for some in slices(sorted(origins), _SLICE):
        query = select(StoredEvent).where(col(StoredEvent.origin_id).in_(some))
        found += await session.exec(query.execution_options(populate_existing=True))
    return found


async def list_related(session: AsyncSession, origins: Collection[UUID]) -> set[UUID]:
    """These items and those adopted together with them in one text, or with those, and so on."""
    related, fresh = set(origins), set(origins)
    while fresh:
        found: set[UUID] = set()
        for some in slices(sorted(fresh), _SLICE):
            adoptions = select(StoredEvent.adoption_id).where(
                col(StoredEvent.origin_id).in_(some), col(StoredEvent.adoption_id).is_not(None)
            )
            same = select(StoredEvent.origin_id).where(col(StoredEvent.adoption_id).in_(adoptions)).distinct()
            found |= set(await session.exec(same))
        fresh = found - related
        related |= fresh
    return related


async def list_origins_of_units(session: AsyncSession, origins: Collection[UUID]) -> set[UUID]:
    """All items of the units to which these items are credited: what a cap per unit looks at."""
    found: set[UUID] = set()
    for some in slices(sorted(origins), _SLICE):
        units = select(StoredEvent.unit_id).where(col(StoredEvent.origin_id).in_(some))
        query = select(StoredEvent.origin_id).where(col(StoredEvent.unit_id).in_(units)).distinct()
        found |= set(await session.exec(query))
    return found


async def list_origins_since(session: AsyncSession, day: date) -> list[UUID]:
    """Items to which something happened on or after a day."""
    query = select(StoredEvent.origin_id).where(col(StoredEvent.happened_on) >= day).distinct()
    return sorted(await session.exec(query))


async def list_unmatched(
    session: AsyncSession, period: str, *, unit_id: UUID | None, cursor: str, limit: int
) -> Part[StoredEvent]:
    """A page of the events of a month that no rule covers, of one unit or of all, oldest first."""
    query = select(StoredEvent).where(col(StoredEvent.is_unmatched), StoredEvent.period == period)
    if unit_id:
        query = query.where(StoredEvent.unit_id == unit_id)
    return await _OLDEST.read(session, query, cursor=cursor, limit=limit)


async def count_unmatched(session: AsyncSession, period: str | None = None) -> int:
    """How many events no rule covers, in a month or at all."""
    query = select(func.count()).select_from(StoredEvent).where(col(StoredEvent.is_unmatched))
    if period:
        query = query.where(StoredEvent.period == period)
    return (await session.exec(query)).one()


async def list_periods(session: AsyncSession) -> list[str]:
    """Months in which something happened, newest first."""
    query = select(StoredEvent.period).distinct().order_by(col(StoredEvent.period).desc())
    return list(await session.exec(query))


async def replace_entries(session: AsyncSession, origins: Collection[UUID], entries: Sequence[ScoreEntry]) -> None:
    """Put these entries in place of all that these items had."""
    for some in slices(sorted(origins), _SLICE):
        await session.execute(delete(_ENTRIES).where(_ENTRIES.c.origin_id.in_(some)))
    if entries:
        await session.execute(insert(_ENTRIES), [vars(entry) for entry in entries])


def stored(event: ScoreEvent, *, recorded_at: datetime) -> StoredEvent:
    """An event as a row."""
    return StoredEvent(**vars(event), period=event.period, recorded_at=recorded_at)


def score_event(row: StoredEvent) -> ScoreEvent:
    """A row as the rules see it."""
    values = {field.name: getattr(row, field.name) for field in fields(ScoreEvent)}
    return ScoreEvent(**values | {name: word(values[name]) for name, word in _WORDS.items() if values[name]})
