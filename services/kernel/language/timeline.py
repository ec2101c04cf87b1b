"""The history of an item: one entry per fact, sorted by hop, version and what caused what, never by clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.kernel.language.events import FACTS, Fact
from services.kernel.language.events.meaning import Kind, Tone


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an item's history, as its fact says it (see `Line` and `Place`)."""

    type: str
    hop: int
    version: int
    ordinal: int
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
        ordinal=place.ordinal,
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


def kind_of(type_: str) -> Kind:
    """What the lines of a type are to others."""
    return FACTS[type_].KIND if type_ in FACTS else Kind.PLAIN


def in_order(rows: Iterable[Any]) -> list[Any]:
    """History rows from oldest to newest, the same at every node and in whatever order topics came.

    By hop and version first. Then what caused a line stands before it (`ordinal`); of lines that did not
    know of each other the rank decides, then the node and the local row id. A line whose teller names no
    place (0) stands by the highest rank that its teller had reached, after the placed ones of that rank.
    """
    found = sorted(rows, key=lambda row: (row.hop, row.version, row.ordinal, row.rank, row.node, row.id))
    placed = [row for row in found if row.ordinal]
    slots = {row.id: slot for slot, row in enumerate(placed)}
    reached = _reached(found)

    def place(row: Any) -> tuple[Any, ...]:
        if row.ordinal:
            return (row.hop, row.version, slots[row.id], 0)
        group = [one for one in placed if (one.hop, one.version) == (row.hop, row.version)]
        before = [slots[one.id] for one in group if one.rank <= reached[row.id]]
        return (row.hop, row.version, before[-1] if before else -1, 1, reached[row.id], row.node, row.id)

    return sorted(found, key=place)


def _reached(rows: Iterable[Any]) -> dict[Any, int]:
    """The highest rank that each line's teller had reached: what one service tells of an item comes in its order."""
    highest: dict[tuple[Any, ...], int] = {}
    reached = {}
    for row in sorted(rows, key=lambda row: row.id):
        teller = FACTS[row.type].TOPIC if row.type in FACTS else ""
        stream = (row.hop, row.version, row.node, teller)
        reached[row.id] = highest[stream] = max(highest.get(stream, 0), row.rank)
    return reached
