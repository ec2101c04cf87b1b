"""Who may read an item: one rule, wherever the item surfaces; what no grant gives is denied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.kernel.language.actor import Actor
from services.kernel.language.vocabulary import Role, UnitKind


class Place(StrEnum):
    """Where the reader stands to the item: among its authors, in its unit, or in the office that has it."""

    AUTHORS = "authors"
    UNIT = "unit"
    OFFICE = "office"


@dataclass(frozen=True, kw_only=True)
class ReadableItem:
    """An item as the rule sees it.

    `is_handed_in`: it left its author's hands at least once. `is_in_office`: signed, its last hop
    ended at this node's office, and its unit has not taken it up again. `author_ids`: who began
    it, and whom he names as its writers.
    """

    unit_id: UUID | None
    is_urgent: bool
    is_handed_in: bool
    is_in_office: bool
    author_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Grant:
    """One permission to read: any of these roles, standing there."""

    place: Place
    roles: frozenset[Role]
    urgent_only: bool = False


UNIT_PEOPLE = frozenset({Role.CLERK, Role.REVIEWER, Role.SIGNER})
OFFICE_READERS = frozenset({Role.EDITOR, Role.CHIEF, Role.LEADER})

GRANTS = (
    Grant(Place.AUTHORS, frozenset(Role)),
    Grant(Place.UNIT, UNIT_PEOPLE),
    Grant(Place.UNIT, frozenset({Role.DUTY}), urgent_only=True),
    Grant(Place.OFFICE, OFFICE_READERS),
    Grant(Place.OFFICE, frozenset({Role.DUTY}), urgent_only=True),
)
"""The whole of it. Authors read their item from the first draft on, the unit once it is handed in, the office while it has it.

Duty officers relieve each other: of an emergency that a colleague handed in they read what they may go on writing.
"""


def grants_of(reader: Actor) -> list[Grant]:
    """What role and kind of unit give the reader; the rest depends on the item."""
    is_office = reader.unit_kind is UnitKind.HEAD_OFFICE
    return [grant for grant in GRANTS if grant.roles & reader.roles and (is_office or grant.place is not Place.OFFICE)]


def may_read(reader: Actor, item: ReadableItem) -> bool:
    """Whether the officer may read the item at all: text, files, history, and that it exists."""
    return any(_covers(grant, reader, item) for grant in grants_of(reader))


def reads_in_office(reader: Actor) -> bool:
    """Whether the officer reads whatever has come to this node's office, with what stays inside it."""
    return any(grant.place is Place.OFFICE and not grant.urgent_only for grant in grants_of(reader))


def may_know_title(reader: Actor, item: ReadableItem) -> bool:
    """Whether a list of figures may name the item: to its readers, and to the office's statistician, who answers for it."""
    counts = reader.unit_kind is UnitKind.HEAD_OFFICE and Role.STATISTICIAN in reader.roles
    return counts or may_read(reader, item)


def _covers(grant: Grant, reader: Actor, item: ReadableItem) -> bool:
    if grant.urgent_only and not item.is_urgent:
        return False
    if grant.place is Place.OFFICE:
        return item.is_in_office
    if reader.unit_id != item.unit_id:
        return False
    return reader.officer_id in item.author_ids if grant.place is Place.AUTHORS else item.is_handed_in
