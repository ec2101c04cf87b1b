"""Decide about calendar days, announce a year, seed the years whose notices are known."""

from __future__ import annotations

from datetime import date

from services.directory import store
from services.directory.actions.turns import take_turn
from services.directory.model import CalendarDayRow, CalendarYear
from services.directory.policy import calendar as policy
from services.kernel.language.calendar import seed_days
from services.kernel.language.events.directory import CalendarDaySet
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.refusal import StaleVersion
from services.kernel.language.vocabulary import DayKind
from services.kernel.runtime.storing.transaction import Transaction


async def set_calendar_day(
    tx: Transaction,
    on: date,
    kind: DayKind,
    *,
    name: str = "",
    version: int,
    by: OfficerRef | None,
) -> CalendarYear:
    """Decide whether a day is worked. `version` is that of its year, 0 for a year not yet touched."""
    year = await _year_at(tx, on.year, version)
    day = await store.find_day(tx.session, on)
    if day is None:
        day = CalendarDayRow(on=on, kind=kind)
        tx.session.add(day)
    day.kind, day.name = kind, name
    _tell(tx, day, year)
    tx.audit("directory.calendar.set_day", on, by=by, details={"kind": kind.value, "name": name})
    return year


async def announce_year(
    tx: Transaction, number: int, *, is_announced: bool = True, version: int, by: OfficerRef | None
) -> CalendarYear:
    """Say that the official notice of a year is out and entered, or take that back."""
    year = await _year_at(tx, number, version)
    days = await store.list_days(tx.session, date(number, 1, 1), date(number, 12, 31))
    if is_announced and not days:
        raise policy.YearHasNoDays
    if year.is_announced != is_announced:
        year.is_announced = is_announced
        for day in days:
            _tell(tx, day, year)
        tx.audit("directory.calendar.announce", number, by=by, details={"is_announced": is_announced})
    return year


async def seed_calendar(tx: Transaction) -> int:
    """Enter the days of the notices from 2004 on, for years nothing was decided about; how many."""
    await take_turn(tx, "calendar")
    touched = {year.year for year in await store.list_years(tx.session)}
    years: dict[int, CalendarYear] = {}
    seeded = [day for day in seed_days() if day.on.year not in touched]
    for day in seeded:
        year = years.setdefault(day.on.year, CalendarYear(year=day.on.year, is_announced=True))
        row = CalendarDayRow(on=day.on, kind=day.kind, name=day.name)
        tx.session.add(row)
        _tell(tx, row, year)
    tx.session.add_all(years.values())
    if seeded:
        tx.audit("directory.calendar.seed", f"{min(years)}-{max(years)}", by=None, details={"days": len(seeded)})
    return len(seeded)


async def _year_at(tx: Transaction, number: int, version: int) -> CalendarYear:
    """The year, taken for a change; its version moves on."""
    policy.require_year(number)
    await take_turn(tx, "calendar")
    year = await store.find_year(tx.session, number, to_change=True)
    if (year.version if year else 0) != version:
        raise StaleVersion(version=year.version if year else 0)
    if year is None:
        year = CalendarYear(year=number, version=0)
        tx.session.add(year)
    year.version += 1
    return year


def _tell(tx: Transaction, day: CalendarDayRow, year: CalendarYear) -> None:
    tx.tell(
        CalendarDaySet(
            day=day.on,
            is_working=policy.is_worked(day.kind),
            label=day.name,
            year_announced=year.is_announced,
            kind=day.kind,
            version=year.version,
        )
    )
    tx.signal("calendar")
