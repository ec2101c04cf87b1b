"""A month's sheet: every governed unit with its counts, points and place in its group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from services.kernel.language.vocabulary import Level, UnitKind
from services.stats.policy.event import EventKind
from services.stats.policy.ranking import Ties, ranks

_GROUP_ORDER = (UnitKind.SUBORDINATE, UnitKind.HOSTED, UnitKind.BUREAU, UnitKind.HEAD_OFFICE)
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Governed:
    """A unit that this node scores."""

    unit_id: UUID
    name: str
    group: str
    kind: UnitKind | None = None


@dataclass(frozen=True)
class Counts:
    """How often things happened to a unit's items in a month."""

    submitted: int = 0
    returned: int = 0
    forwarded: int = 0
    instructions: int = 0
    adopted: Mapping[Level, int] = field(default_factory=dict)

    @property
    def adopted_in_all(self) -> int:
        """Adoptions at every level."""
        return sum(self.adopted.values())


@dataclass(frozen=True)
class ScoreRow:
    """One unit's line: `rank` is its place among the `of` units of its group."""

    unit: Governed
    score: Decimal
    year_total: Decimal
    counts: Counts
    rank: int
    of: int


def sheet_rows(
    units: Iterable[Governed],
    *,
    month: Mapping[UUID, Decimal],
    year: Mapping[UUID, Decimal],
    counts: Mapping[UUID, Counts],
    ties: Ties,
) -> list[ScoreRow]:
    """The lines of a month, group after group, best first, units without points included."""
    rows: list[ScoreRow] = []
    for _, members in groupby(sorted(units, key=_group_place), key=lambda unit: unit.group):
        group = list(members)
        scores = [month.get(unit.unit_id, _ZERO) for unit in group]
        placed = zip(ranks(scores, ties), group, scores, strict=True)
        rows += [
            ScoreRow(unit, score, year.get(unit.unit_id, _ZERO), counts.get(unit.unit_id, Counts()), rank, len(group))
            for rank, unit, score in sorted(placed, key=lambda one: (one[0], one[1].name, one[1].unit_id))
        ]
    return rows


def count(found: Sequence[tuple[str, str | None, int, int]]) -> Counts:
    """Counts of one unit, from rows of (kind, level, items, events)."""
    adopted: dict[Level, int] = {}
    for kind, level, _, events in found:
        if kind == EventKind.ADOPTED and level:
            adopted[Level(level)] = adopted.get(Level(level), 0) + events
    return Counts(
        submitted=_sum(found, EventKind.SUBMISSION_COUNTED, items=True),
        returned=_sum(found, EventKind.RETURNED_INVALID),
        forwarded=_sum(found, EventKind.FORWARDED_UP),
        instructions=_sum(found, EventKind.LEADER_INSTRUCTION),
        adopted=adopted,
    )


def _sum(found: Sequence[tuple[str, str | None, int, int]], kind: EventKind, *, items: bool = False) -> int:
    return sum(row[2] if items else row[3] for row in found if row[0] == kind)


def _group_place(unit: Governed) -> tuple[int, str, str]:
    order = _GROUP_ORDER.index(unit.kind) if unit.kind else len(_GROUP_ORDER)
    return (order, unit.group, unit.name)
