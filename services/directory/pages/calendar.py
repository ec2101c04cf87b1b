"""The working-day calendar of a year: twelve months, decide a day, announce the year."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.directory import store
from services.directory.actions import days as actions
from services.directory.actions.admitting import allowed
from services.directory.model import Announcement, NewDays
from services.directory.policy.administration import Administration, blocker_of, require
from services.directory.policy.calendar import FIRST_YEAR, LAST_YEAR, announcing_blocker, require_year
from services.kernel.language.calendar import local_date
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import DayKind
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.pages.wording import zh_date
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import (
    IfMatch,
    LiveMe,
    Me,
    Now,
    Officer,
    Reading,
    Tx,
    asked_first,
    edge_router,
)
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

router = edge_router()


@dataclass(frozen=True)
class Cell:
    """One day of the grid; `mark` is what was decided against the plain week."""

    day: date
    is_working: bool
    mark: str = ""
    name: str = ""


@router.get("/calendar")
async def show_calendar(
    request: Request,
    me: Me,
    reading: Reading,
    now: Now,
    *,
    year: int = 0,
    day: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    require(me.roles, Administration.READ_CALENDAR)
    number = year or local_date(now).year
    require_year(number)
    return await _page(request, me, reading, number, Typed(fields=await _picked(reading, _date(day))))


async def _again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    """The year that was meant, else this one."""
    day, year = _date(typed.get("first")), str(request.path_params.get("year", ""))
    number = day.year if day else int(year) if year.isdecimal() else 0
    if not FIRST_YEAR <= number <= LAST_YEAR:
        number = local_date(request.state.now).year
    return await _page(request, request.state.officer, session, number, typed)


@router.post("/calendar/days")
@comes_back(_again)
@asked_first(allowed(Administration.CHANGE_CALENDAR))
async def set_days(request: Request, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    new = await read_form(request, NewDays)
    await actions.set_calendar_days(tx, new, version=version, by=me)
    until = f"至{zh_date(new.last, new.first)}" if new.last and new.last != new.first else ""
    said = f"已设定{zh_date(new.first)}{until}：{new.kind.label}。"
    return back_to(f"/directory/calendar?year={new.first.year}", said)


@router.post("/calendar/{year}/announce")
@comes_back(_again)
@asked_first(allowed(Administration.CHANGE_CALENDAR))
async def announce_year(request: Request, year: int, *, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    form = await read_form(request, Announcement)
    await actions.announce_year(tx, year, is_announced=form.is_announced, version=version, by=me)
    said = "已标为已公布。" if form.is_announced else "已改回尚未公布。"
    return back_to(f"/directory/calendar?year={year}", f"{year} 年放假安排{said}")


async def _page(request: Request, me: Officer, session: AsyncSession, number: int, typed: Typed) -> Response:
    year = await store.find_year(session, number)
    decided = await store.list_days(session, date(number, 1, 1), date(number, 12, 31))
    return page(
        request,
        "directory/calendar.html",
        status_code=typed.status,
        year=number,
        is_announced=bool(year and year.is_announced),
        version=year.version if year else 0,
        months=await _months(session, number),
        decided=decided,
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
        kinds=list(DayKind),
        typed=typed,
        blocker=blocker_of(me.roles, Administration.CHANGE_CALENDAR),
        announcing=announcing_blocker(len(decided)),
    )


async def _months(session: AsyncSession, number: int) -> list[list[list[Cell | None]]]:
    """Twelve months of weeks from Monday; days of other months are left out."""
    days = await store.working_days(session)
    named = {day.on: day for day in await store.list_days(session, date(number, 1, 1), date(number, 12, 31))}

    def cell(day: date) -> Cell:
        is_working = days.is_working_day(day)
        known = named.get(day)
        mark = ("班" if is_working else "休") if known else ""
        return Cell(day, is_working, mark, known.name if known else "")

    weeks_of = calendar.Calendar(firstweekday=0)
    return [
        [
            [cell(day) if day.month == month else None for day in week]
            for week in weeks_of.monthdatescalendar(number, month)
        ]
        for month in range(1, 13)
    ]


async def _picked(session: AsyncSession, day: date | None) -> dict[str, Any]:
    """The form for a day of the grid: as it was decided, or ready to be."""
    decided = await store.find_day(session, day) if day else None
    return {"first": day or ""} | ({"kind": decided.kind, "name": decided.name} if decided else {})


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
