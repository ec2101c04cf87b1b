"""The history of an item: one entry per fact, sorted by hop, version and rank, never by clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.kernel.language.events import FACTS, Fact
from services.kernel.language.events.meaning import Tone


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an item's history, as its fact says it (see `Line` and `Place`)."""

    type: str
    hop: int
    version: int
    rank: int
    node: str
    at: datetime
    text: str
    by: str = ""
    unit: str = ""
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def timeline_entry(fact: Fact) -> Entry | None:
    """The line that a fact adds to its item's history; None for one that adds none."""
    place, line = fact.place, fact.line()
    if place is None or line is None:
        return None
    return Entry(
        type=fact.TYPE,
        hop=place.hop,
        version=place.version,
        rank=fact.rank,
        node=place.node,
        at=place.at,
        text=line.text,
        by=line.by.name if line.by else line.signed_by,
        unit=line.by.unit_name if line.by else "",
        note=line.note,
        data=dict(line.data),
    )


def tone_of(type_: str) -> Tone:
    """How the lines of a type stand out; those that an office keeps to itself, and those of a newer node, do not."""
    return FACTS[type_].TONE if type_ in FACTS else Tone.PLAIN


def in_order(rows: Iterable[Any]) -> list[Any]:
    """History rows (with `hop`, `version`, `rank` and local `id`) from oldest to newest."""
    return sorted(rows, key=lambda row: (row.hop, row.version, row.rank, row.id))
