"""Score events, and which of them have to be looked at together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, func, insert
from sqlmodel import col, select

from services.kernel.language.vocabulary import AdoptionMode, InfoType, LeaderRank, Level, PeriodicalKind, Word
from services.kernel.runtime.storing.outbox import slices
from services.kernel.runtime.storing.session import AsyncSession
from services.stats.model import StoredEntry, StoredEvent
from services.stats.policy import Happening, ScoreEntry, ScoreEvent

_SLICE = 400
_ENTRIES: Table = StoredEntry.__table__


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


async def list_unmatched(session: AsyncSession, period: str, *, limit: int = 200) -> list[StoredEvent]:
    """Events of a month that no rule covers."""
    query = select(StoredEvent).where(col(StoredEvent.is_unmatched), StoredEvent.period == period)
    return list(
        await session.exec(query.order_by(col(StoredEvent.happened_on), col(StoredEvent.event_id)).limit(limit))
    )


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
        await session.execute(insert(_ENTRIES), [_entry_values(entry) for entry in entries])


def stored(happening: Happening, **more: object) -> StoredEvent:
    """A happening as a row."""
    event = happening.event
    return StoredEvent(
        event_id=event.event_id,
        kind=str(event.event),
        origin_id=UUID(event.origin_id),
        unit_id=happening.unit.unit_id,
        unit_name=happening.unit.name,
        level=_code(event.level),
        info_type=_code(event.info_type),
        periodical_kind=_code(event.periodical_kind),
        mode=_code(event.mode),
        leader_rank=_code(event.leader_rank),
        adoption_id=UUID(event.adoption_id) if event.adoption_id else None,
        happened_on=event.happened_on,
        period=event.period,
        label=event.label,
        title=happening.title,
        system=happening.system.value,
        node=happening.node,
        at=happening.at,
        **more,
    )


def score_event(row: StoredEvent) -> ScoreEvent:
    """A row as the rules see it."""
    return ScoreEvent(
        event_id=row.event_id,
        event=row.kind,
        origin_id=str(row.origin_id),
        unit_ids=(str(row.unit_id),),
        level=Level(row.level) if row.level else None,
        happened_on=row.happened_on,
        periodical_kind=PeriodicalKind(row.periodical_kind) if row.periodical_kind else None,
        info_type=InfoType(row.info_type) if row.info_type else None,
        mode=AdoptionMode(row.mode) if row.mode else None,
        leader_rank=LeaderRank(row.leader_rank) if row.leader_rank else None,
        adoption_id=str(row.adoption_id) if row.adoption_id else None,
        label=row.label,
    )


def _entry_values(entry: ScoreEntry) -> dict[str, Any]:
    return {
        "event_id": entry.event_id,
        "unit_id": UUID(entry.unit_id),
        "ruleset_id": entry.ruleset_id,
        "ruleset_version": entry.ruleset_version,
        "origin_id": UUID(entry.origin_id),
        "period": entry.period,
        "happened_on": entry.happened_on,
        "rule_id": entry.rule_id,
        "multiplier_rule_id": entry.multiplier_rule_id,
        "points_before": entry.points_before,
        "points": entry.points,
        "reason": entry.reason,
    }


def _code(word: Word | None) -> str | None:
    return word.value if word else None
