"""Who may read an item, cell by cell, and the same as a condition of a query."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.kernel.language.reading import ReadableItem, may_know_title, may_read, reads_in_office
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.pages.readable import ReadableColumns, readable_by

OWN, OTHER, OFFICE, ME, SOMEBODY = (UUID(int=n) for n in range(1, 6))
PLACES = {
    "own": (OWN, UnitKind.BUREAU),
    "other": (OTHER, UnitKind.HOSTED),
    "office": (OFFICE, UnitKind.HEAD_OFFICE),
    "own office": (OWN, UnitKind.HEAD_OFFICE),
}
# Written out by hand, apart from the code: (place, role) → state in which he reads it, whoever wrote it.
HANDED_IN, IN_OFFICE = "handed in", "in office"
URGENT_HANDED_IN, URGENT_IN_OFFICE = "urgent handed in", "urgent in office"
READERS = {
    **{("own", role): HANDED_IN for role in ("clerk", "reviewer", "signer")},
    **{("own office", role): HANDED_IN for role in ("clerk", "reviewer", "signer")},
    **{(place, role): IN_OFFICE for place in ("office", "own office") for role in ("editor", "chief", "leader")},
    **{(place, "duty"): URGENT_HANDED_IN for place in ("own", "own office")},
    ("office", "duty"): URGENT_IN_OFFICE,
}


@dataclass(frozen=True)
class Somebody:
    """An officer as the rule sees one."""

    unit_id: UUID
    unit_kind: UnitKind
    roles: frozenset[Role]
    officer_id: UUID = ME


def cells() -> list[tuple[Somebody, ReadableItem, str, str]]:
    """Every reader and every item; what is in an office was handed in."""
    found = []
    for (place, (unit, kind)), role in product(PLACES.items(), Role):
        for handed_in, here, urgent, mine in product((False, True), repeat=4):
            if here and not handed_in:
                continue
            item = ReadableItem(
                unit_id=OWN, is_urgent=urgent, is_handed_in=handed_in, is_in_office=here,
                author_ids=frozenset({ME if mine else SOMEBODY}),
            )  # fmt: skip
            found.append((Somebody(unit, kind, frozenset({role})), item, place, role.value))
    return found


def meant(item: ReadableItem, place: str, role: str) -> bool:
    if place.startswith("own") and ME in item.author_ids:
        return True
    states = {
        HANDED_IN: item.is_handed_in,
        URGENT_HANDED_IN: item.is_handed_in and item.is_urgent,
        IN_OFFICE: item.is_in_office,
        URGENT_IN_OFFICE: item.is_in_office and item.is_urgent,
    }
    return states.get(READERS.get((place, role), ""), False)


def test_an_item_is_read_by_its_authors_its_unit_and_the_office_that_has_it() -> None:
    assert [cell for cell in cells() if may_read(*cell[:2]) != meant(*cell[1:])] == []


def test_a_query_finds_what_the_rule_lets_be_read() -> None:
    def columns(item: ReadableItem) -> ReadableColumns:
        def said(value: bool) -> sa.ColumnElement[bool]:
            return sa.literal(1) == sa.literal(int(value))

        return ReadableColumns(
            unit_id=sa.literal(item.unit_id),
            is_urgent=said(item.is_urgent), is_handed_in=said(item.is_handed_in), is_in_office=said(item.is_in_office),
            is_author=lambda officer_id: said(officer_id in item.author_ids),
        )  # fmt: skip

    with sa.create_engine("sqlite://").connect() as connection:
        wrong = [
            (place, role, item)
            for reader, item, place, role in cells()
            if bool(connection.execute(sa.select(readable_by(reader, columns(item)))).scalar())
            != may_read(reader, item)
        ]
    assert wrong == []


def test_without_a_role_nothing_is_read() -> None:
    nobody = Somebody(OWN, UnitKind.HEAD_OFFICE, frozenset())
    assert not any(may_read(nobody, item) for _, item, _, _ in cells())


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("place", PLACES)
def test_the_offices_statistician_knows_titles_besides(place: str, role: Role) -> None:
    unit, kind = PLACES[place]
    who = Somebody(unit, kind, frozenset({role}))
    item = ReadableItem(unit_id=OTHER, is_urgent=False, is_handed_in=True, is_in_office=True)
    counts = role is Role.STATISTICIAN and kind is UnitKind.HEAD_OFFICE
    assert may_know_title(who, item) == (counts or may_read(who, item))
    assert reads_in_office(who) == (kind is UnitKind.HEAD_OFFICE and role in {Role.EDITOR, Role.CHIEF, Role.LEADER})
