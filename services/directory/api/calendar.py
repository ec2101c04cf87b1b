"""The working-day calendar: years, decided days, announcements. The version is the year's."""

from __future__ import annotations

from datetime import date

from fastapi import Response

from services.directory import store
from services.directory.actions import days as actions
from services.directory.actions.admitting import allowed
from services.directory.api.views import YearView
from services.directory.model import Announcement, DaySetting, NewDays
from services.directory.policy.administration import Administration, require
from services.directory.policy.calendar import require_day_of, require_year
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import IfMatch, LiveMe, Me, Reading, Tx, asked_first, edge_router, etag
from services.kernel.runtime.web.views import Page

router = edge_router()


@router.get("/calendar")
async def list_years(me: Me, reading: Reading) -> Page[YearView]:
    require(me.roles, Administration.READ_CALENDAR)
    return Page[YearView](items=[YearView.of(year.year, year) for year in await store.list_years(reading)])


@router.get("/calendar/{year}")
async def read_year(year: int, me: Me, reading: Reading, response: Response) -> YearView:
    require(me.roles, Administration.READ_CALENDAR)
    require_year(year)
    view = await _year(reading, year)
    etag(response, view.version)
    return view


@router.put("/calendar/{year}/days/{day}")
@asked_first(allowed(Administration.CHANGE_CALENDAR))
async def set_day(
    year: int, day: date, asked: DaySetting, *, me: LiveMe, version: IfMatch, tx: Tx, response: Response
) -> YearView:
    require_day_of(year, day)
    new = NewDays(first=day, kind=asked.kind, name=asked.name)
    changed = await actions.set_calendar_days(tx, new, version=version, by=me)
    etag(response, changed.version)
    return await _year(tx.session, year)


@router.post("/calendar/{year}/days")
@asked_first(allowed(Administration.CHANGE_CALENDAR))
async def set_days(year: int, new: NewDays, *, me: LiveMe, version: IfMatch, tx: Tx, response: Response) -> YearView:
    require_day_of(year, new.first)
    changed = await actions.set_calendar_days(tx, new, version=version, by=me)
    etag(response, changed.version)
    return await _year(tx.session, year)


@router.post("/calendar/{year}/announce")
@asked_first(allowed(Administration.CHANGE_CALENDAR))
async def announce_year(
    year: int, *, me: LiveMe, version: IfMatch, tx: Tx, response: Response, asked: Announcement | None = None
) -> YearView:
    changed = await actions.announce_year(
        tx, year, is_announced=asked is None or asked.is_announced, version=version, by=me
    )
    etag(response, changed.version)
    return await _year(tx.session, year)


async def _year(session: AsyncSession, number: int) -> YearView:
    days = await store.list_days(session, date(number, 1, 1), date(number, 12, 31))
    return YearView.of(number, await store.find_year(session, number), days)
