"""A month's figures and the source records behind each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from services.kernel.language.vocabulary import UnitKind
from services.kernel.runtime.heard.organisation import list_units
from services.kernel.runtime.storing.session import AsyncSession
from services.stats.model import StoredEntry, StoredEvent
from services.stats.policy import NoRulesetInForce, Period, Ruleset, floored, ruleset_on
from services.stats.policy.sheet import Counts, Governed, ScoreRow, count, sheet_rows
from services.stats.store.rulesets import list_rulesets

_ZERO = Decimal(0)
_STRANGERS = "其他单位"


@dataclass(frozen=True)
class ScoreSheet:
    """A month with its lines and the rule set in force at its end."""

    period: Period
    rows: list[ScoreRow]
    ruleset: Ruleset | None

    def row_of(self, unit_id: UUID) -> ScoreRow | None:
        """The line of a unit."""
        return next((row for row in self.rows if row.unit.unit_id == unit_id), None)


@dataclass(frozen=True)
class Source:
    """One source record: an event and the points it gave; none where no rule covers or counts it."""

    event: StoredEvent
    entry: StoredEntry | None

    @property
    def points(self) -> Decimal:
        """The points it gave."""
        return self.entry.points if self.entry else _ZERO


async def read_sheet(session: AsyncSession, period: Period, *, own: UUID | None = None) -> ScoreSheet:
    """All lines of a month; `own` is listed even where it is the office itself without an item."""
    rulesets = await list_rulesets(session)
    totals = await _month_totals(session, period, rulesets)
    counts = await _counts(session, period)
    month = {unit: scores[period] for unit, scores in totals.items() if period in scores}
    year = {unit: sum(scores.values(), _ZERO) for unit, scores in totals.items()}
    units = await _governed(session, {*month, *counts}, own=own)
    ruleset = in_force_at_end(rulesets, period)
    ties = ruleset.ruleset.rank_ties if ruleset else "same_rank_skip"
    return ScoreSheet(period, sheet_rows(units, month=month, year=year, counts=counts, ties=ties), ruleset)


async def read_trend(session: AsyncSession, period: Period, unit_ids: Sequence[UUID]) -> dict[UUID, list[Decimal]]:
    """Points of each of these units, month by month from January to this month."""
    totals = await _month_totals(session, period, await list_rulesets(session))
    months = period.so_far_this_year()
    return {unit: [totals.get(unit, {}).get(month, _ZERO) for month in months] for unit in unit_ids}


async def list_sources(session: AsyncSession, period: Period, unit_ids: Sequence[UUID]) -> dict[UUID, list[Source]]:
    """The source records of these units' figures in a month, oldest first."""
    query = (
        select(StoredEvent, StoredEntry)
        .join(StoredEntry, col(StoredEvent.event_id) == col(StoredEntry.event_id), isouter=True)
        .where(StoredEvent.period == str(period), col(StoredEvent.unit_id).in_(unit_ids))
        .order_by(col(StoredEvent.happened_on), col(StoredEvent.at), col(StoredEvent.event_id))
    )
    found: dict[UUID, list[Source]] = {unit: [] for unit in unit_ids}
    for event, entry in await session.exec(query):
        found[event.unit_id].append(Source(event, entry))
    return found


def in_force_at_end(rulesets: Sequence[Ruleset], period: Period) -> Ruleset | None:
    """The rule set in force on the last day of a month."""
    try:
        return ruleset_on(rulesets, period.last_day)
    except NoRulesetInForce:
        return None


async def _month_totals(
    session: AsyncSession, period: Period, rulesets: Sequence[Ruleset]
) -> dict[UUID, dict[Period, Decimal]]:
    months = (str(Period(period.year, 1)), str(period))
    query = (
        select(StoredEntry.unit_id, StoredEntry.period, func.sum(StoredEntry.points))
        .where(col(StoredEntry.period).between(*months))
        .group_by(col(StoredEntry.unit_id), col(StoredEntry.period))
    )
    totals: dict[UUID, dict[Period, Decimal]] = {}
    for unit_id, name, total in await session.exec(query):
        month = Period.read(name)
        totals.setdefault(unit_id, {})[month] = floored(total, in_force_at_end(rulesets, month))
    return totals


async def _counts(session: AsyncSession, period: Period) -> dict[UUID, Counts]:
    items = func.count(func.distinct(StoredEvent.origin_id))
    query = (
        select(StoredEvent.unit_id, StoredEvent.kind, StoredEvent.level, items, func.count())
        .where(StoredEvent.period == str(period))
        .group_by(col(StoredEvent.unit_id), col(StoredEvent.kind), col(StoredEvent.level))
    )
    found: dict[UUID, list[tuple[str, str | None, int, int]]] = {}
    for unit_id, *rest in await session.exec(query):
        found.setdefault(unit_id, []).append(tuple(rest))
    return {unit_id: count(rows) for unit_id, rows in found.items()}


async def _governed(session: AsyncSession, with_figures: set[UUID], *, own: UUID | None) -> list[Governed]:
    """Every unit in use, and those no longer in use that still have figures.

    The node's own office is one of them only where it writes items, or governs nobody else.
    """
    known = {unit.unit_id: unit for unit in await list_units(session, active_only=False)}
    listed = [
        Governed(unit.unit_id, unit.name, unit.ranking_group or unit.kind.label, unit.kind)
        for unit in known.values()
        if unit.unit_id in with_figures
        or unit.unit_id == own
        or (unit.is_active and (unit.kind is not UnitKind.HEAD_OFFICE or _is_alone(known.values())))
    ]
    names = await _names(session, with_figures - known.keys())
    return listed + [Governed(unit_id, name, _STRANGERS) for unit_id, name in names.items()]


def _is_alone(units: object) -> bool:
    return all(unit.kind is UnitKind.HEAD_OFFICE for unit in units if unit.is_active)


async def _names(session: AsyncSession, unit_ids: set[UUID]) -> dict[UUID, str]:
    query = (
        select(StoredEvent.unit_id, func.max(StoredEvent.unit_name))
        .where(col(StoredEvent.unit_id).in_(unit_ids))
        .group_by(col(StoredEvent.unit_id))
    )
    return dict((await session.exec(query)).all())
