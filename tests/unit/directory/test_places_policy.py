"""Units, roles, neighbours, administration and the calendar: the whole matrix of each."""

from __future__ import annotations

from datetime import date

import pytest

from services.directory.policy import administration, calendar, neighbours, units
from services.directory.policy.administration import Administration
from services.directory.policy.neighbours import Direction
from services.directory.policy.units import ReportsTo
from services.kernel.language.refusal import NotPermitted, Refusal
from services.kernel.language.vocabulary import DayKind, Lane, Level, Role, System, UnitKind

ONLY_IN_THE_OFFICE = {Role.EDITOR, Role.CHIEF, Role.STATISTICIAN, Role.ADMIN, Role.DUTY}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", UnitKind)
def test_every_role_has_its_places(role: Role, kind: UnitKind) -> None:
    allowed = kind is UnitKind.HEAD_OFFICE or (
        kind in {UnitKind.BUREAU, UnitKind.HOSTED} and role not in ONLY_IN_THE_OFFICE
    )
    assert (role in units.roles_open_to(kind)) is allowed


def test_an_officer_cannot_sit_where_the_role_is_not_held_or_nobody_works() -> None:
    units.require_place(UnitKind.BUREAU, frozenset({Role.CLERK, Role.SIGNER}), is_active=True)
    with pytest.raises(units.RoleNotForUnit, match="采编"):
        units.require_place(UnitKind.BUREAU, frozenset({Role.CLERK, Role.EDITOR}), is_active=True)
    with pytest.raises(units.UnitNotActive):
        units.require_place(UnitKind.BUREAU, frozenset(), is_active=False)
    with pytest.raises(units.OfficerBelongsElsewhere):
        units.require_place(UnitKind.SUBORDINATE, frozenset(), is_active=True)


def test_only_the_nodes_own_office_reports_up() -> None:
    up = [kind for kind in UnitKind if units.reports_to(kind) is ReportsTo.SUPERIOR]
    assert up == [UnitKind.HEAD_OFFICE]


@pytest.mark.parametrize("old", UnitKind)
@pytest.mark.parametrize("new", UnitKind)
def test_only_bureaus_and_hosted_units_change_into_each_other(old: UnitKind, new: UnitKind) -> None:
    free = {UnitKind.BUREAU, UnitKind.HOSTED}
    if old is new or {old, new} == free:
        units.require_kind_change(old, new)
    else:
        with pytest.raises(units.UnitKindFixed):
            units.require_kind_change(old, new)


def test_a_node_has_one_office_and_gets_subordinates_by_their_cards() -> None:
    units.require_registrable(UnitKind.HEAD_OFFICE, head_office_exists=False)
    units.require_registrable(UnitKind.BUREAU, head_office_exists=True)
    with pytest.raises(units.HeadOfficeAlreadyThere):
        units.require_registrable(UnitKind.HEAD_OFFICE, head_office_exists=True)
    with pytest.raises(units.SubordinateComesByItsCard):
        units.require_registrable(UnitKind.SUBORDINATE, head_office_exists=True)


def test_a_unit_closes_once_its_officers_are_gone() -> None:
    def blocker(kind: UnitKind, *, is_active: bool = False, officers: int = 0) -> type[Refusal] | None:
        found = units.activity_blocker(kind, is_active=is_active, officers=officers)
        return type(found) if found else None

    assert blocker(UnitKind.BUREAU) is None
    assert blocker(UnitKind.BUREAU, is_active=True, officers=3) is None
    assert blocker(UnitKind.BUREAU, officers=1) is units.UnitHasOfficers
    assert blocker(UnitKind.HEAD_OFFICE) is units.HeadOfficeStays
    assert blocker(UnitKind.SUBORDINATE) is units.SubordinateComesByItsCard


def test_a_hosted_unit_stands_one_level_below() -> None:
    assert units.level_of(UnitKind.HOSTED, Level.COUNTY) is Level.TOWNSHIP
    assert units.level_of(UnitKind.HOSTED, Level.TOWNSHIP) is Level.TOWNSHIP
    assert units.level_of(UnitKind.BUREAU, Level.COUNTY) is Level.COUNTY


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("what", Administration)
def test_the_role_matrix_is_closed_but_for_what_is_listed(role: Role, what: Administration) -> None:
    everybody = {
        Administration.READ_UNITS,
        Administration.READ_OFFICERS,
        Administration.READ_CALENDAR,
        Administration.CHANGE_OWN_PASSWORD,
    }
    allowed = what in everybody or role is Role.ADMIN or (role is Role.DUTY and what is Administration.READ_PHONES)
    assert administration.may(frozenset({role}), what) is allowed


def test_an_officer_without_roles_may_nothing() -> None:
    for what in Administration:
        with pytest.raises(NotPermitted):
            administration.require(frozenset(), what)


def test_the_last_admin_stays() -> None:
    admin, nobody = frozenset({Role.ADMIN}), frozenset[Role]()
    assert administration.leaving_blocker(admin, nobody, other_admins=1) is None
    assert administration.leaving_blocker(admin, admin | {Role.CLERK}, other_admins=0) is None
    assert administration.leaving_blocker(nobody, nobody, other_admins=0) is None
    stays = administration.leaving_blocker(admin, nobody, other_admins=0)
    assert isinstance(stays, administration.LastAdminStays)


def test_who_may_not_is_told_who_may() -> None:
    sentence = str(administration.blocker_of(frozenset({Role.EDITOR}), Administration.CHANGE_CALENDAR))
    assert sentence == "工作日历由管理员设定。"
    assert administration.blocker_of(frozenset({Role.ADMIN}), Administration.CHANGE_CALENDAR) is None


def test_a_neighbour_stands_above_or_below_by_its_level() -> None:
    assert neighbours.direction_of(Level.TOWNSHIP, Level.COUNTY) is Direction.SUPERIOR
    assert neighbours.direction_of(Level.CITY, Level.COUNTY) is Direction.SUBORDINATE
    with pytest.raises(neighbours.PeerOnSameLevel):
        neighbours.direction_of(Level.CITY, Level.CITY)


def test_a_skip_level_link_carries_the_urgent_lane_only() -> None:
    assert neighbours.lanes_of(Level.TOWNSHIP, Level.COUNTY) == tuple(Lane)
    assert neighbours.lanes_of(Level.TOWNSHIP, Level.CITY) == (Lane.URGENT,)
    assert neighbours.lanes_of(Level.CITY, Level.TOWNSHIP) == (Lane.URGENT,)


def test_a_system_has_one_superior_but_may_have_a_skip_level_one_beside_it() -> None:
    taken = [(System.GOVERNMENT, tuple(Lane))]
    neighbours.require_superior_free(System.PARTY, Lane, taken)
    neighbours.require_superior_free(System.GOVERNMENT, (Lane.URGENT,), taken)
    neighbours.require_superior_free(System.GOVERNMENT, Lane, [(System.GOVERNMENT, (Lane.URGENT,))])
    with pytest.raises(neighbours.SuperiorTaken):
        neighbours.require_superior_free(System.GOVERNMENT, Lane, taken)


def test_fingerprints_agree_however_they_are_typed() -> None:
    assert neighbours.same_fingerprint("ab12 CD34", "AB12CD34")
    assert neighbours.same_fingerprint("ab12-cd34", "AB12 CD34")
    assert not neighbours.same_fingerprint("", "AB12CD34")
    assert not neighbours.same_fingerprint("AB12CD35", "AB12CD34")


def test_a_decision_is_taken_back_to_the_plain_week() -> None:
    assert calendar.plain_kind(date(2026, 11, 27)) is DayKind.WORKING
    assert calendar.plain_kind(date(2026, 11, 28)) is DayKind.HOLIDAY
    assert [kind for kind in DayKind if not calendar.is_worked(kind)] == [DayKind.HOLIDAY]


@pytest.mark.parametrize("year", [-1, 0, 1999, 2003, 2100, 99999])
def test_the_calendar_has_an_end(year: int) -> None:
    with pytest.raises(calendar.YearOutOfRange):
        calendar.require_year(year)


def test_days_in_a_row_are_checked_at_once_and_one_sentence_names_those_that_do_not_fit() -> None:
    week = calendar.days_between(date(2026, 10, 9), date(2026, 10, 13))
    with pytest.raises(calendar.DaysDoNotFit) as refused:
        calendar.require_kind(week, DayKind.MAKEUP_WORKDAY)
    said = "10月9日（周五）、10月12日（周一）、10月13日（周二）本来就上班，不能设为调休上班；要撤销放假的，请选“上班”。"
    assert [error["message"] for error in refused.value.details["errors"]] == [said]
    with pytest.raises(calendar.DaysDoNotFit, match="10月10日（周六）、10月11日（周日）是周末"):
        calendar.require_kind(week, DayKind.WORKING)
    calendar.require_kind(week, DayKind.HOLIDAY)
    calendar.require_kind([date(2026, 10, 10)], DayKind.MAKEUP_WORKDAY)
    calendar.require_kind([date(2026, 10, 12)], DayKind.WORKING)


@pytest.mark.parametrize(
    "last", [date(2026, 9, 30), date(2027, 1, 2), date(2026, 11, 1)], ids=["backwards", "two years", "32 days"]
)
def test_a_row_of_days_lies_in_one_year_and_is_no_longer_than_a_month(last: date) -> None:
    with pytest.raises(calendar.DaysDoNotFit):
        calendar.days_between(date(2026, 10, 1), last)
    assert len(calendar.days_between(date(2026, 10, 1), date(2026, 10, 31))) == 31
