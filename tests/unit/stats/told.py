"""Score events as a node keeps them, for one unit each; several units of one text are several events."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from services.kernel.language.vocabulary import Level, System
from services.stats.policy import EventKind, ScoreEvent


def ident(name: str) -> UUID:
    """The id of what the test calls so: a unit, an item, an adoption."""
    return uuid5(NAMESPACE_OID, name)


def happened(
    event_id: str, kind: EventKind, on: date, *, level: Level | None = Level.COUNTY, origin: str = "o-1",
    unit: str = "water", adoption: str = "", label: str = "", **more: Any,
) -> ScoreEvent:  # fmt: skip
    """One event of one unit."""
    return ScoreEvent(
        event_id=event_id, kind=kind, origin_id=ident(origin), unit_id=ident(unit), unit_name=unit, level=level,
        happened_on=on, label=label, title="题", system=System.GOVERNMENT, node="district",
        at=datetime(2026, 11, 1, tzinfo=UTC), adoption_id=ident(adoption) if adoption else None, **more,
    )  # fmt: skip


def by_units(event: ScoreEvent, *units: str) -> list[ScoreEvent]:
    """The same adoption, told of an item of each of these units."""
    return [
        replace(event, event_id=f"{event.event_id}-{unit}", unit_id=ident(unit), origin_id=ident(f"{unit}'s item"))
        for unit in units
    ]
