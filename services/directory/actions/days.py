"""Decide about calendar days, announce a year, seed the years whose notices are known."""

from __future__ import annotations

from datetime import date

from services.directory import store
from services.directory.actions.admitting import Acting, admit
from services.directory.actions.turns import take_turn
from services.directory.model import CalendarDayRow, CalendarYear, NewDays
from services.directory.policy import calendar as policy
from services.directory.policy.administration import Administration
from services.kernel.language.calendar import seed_days
from services.kernel.language.events.directory import CalendarDaySet
from services.kernel.language.refusal import StaleVersion
from services.kernel.runtime.storing.transaction import Transaction


async def set_calendar_days(tx: Transaction, new: NewDays, *, version: int, by: Acting) -> CalendarYear:
    """Decide whether days in a row are worked. `version` is that of their year, 0 for a year not yet touched.

    Raises:
        NotPermitted: The officer is no administrator.
        DaysDoNotFit: The plain week says otherwise of some of them; none is set then.
    """
    ref = admit(by, Administration.CHANGE_CALENDAR)
    policy.require_year(new.first.year)
    days = policy.days_between(new.first, new.last or new.first)
    policy.require_kind(days, new.kind)
    year = await _year_at(tx, new.first.year, version)
    known = {day.on: day for day in await store.list_days(tx.session, days[0], days[-1])}
    for on in days:
        day = known.get(on) or CalendarDayRow(on=on, kind=new.kind)
        day.kind, day.name = new.kind, new.name
        tx.session.add(day)
        _tell(tx, day, year)
    details = {"kind": new.kind.value, "name": new.name, "last": str(days[-1])}
    tx.audit("directory.calendar.set_days", new.first, by=ref, details=details)
    return year


async def announce_year(
    tx: Transaction, number: int, *, is_announced: bool = True, version: int, by: Acting
) -> CalendarYear:
    """Say that the official notice of a year is out and entered, or take that back.

    Raises:
        NotPermitted: The officer is no administrator.
        YearHasNoDays: Nothing was entered.
    """
    ref = admit(by, Administration.CHANGE_CALENDAR)
    year = await _year_at(tx, number, version)
    days = await store.list_days(tx.session, date(number, 1, 1), date(number, 12, 31))
    if is_announced and (blocker := policy.announcing_blocker(len(days))):
        raise blocker
    if year.is_announced != is_announced:
        year.is_announced = is_announced
        for day in days:
            _tell(tx, day, year)
        tx.audit("directory.calendar.announce", number, by=ref, details={"is_announced": is_announced})
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
