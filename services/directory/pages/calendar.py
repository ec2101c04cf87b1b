"""The working-day calendar of a year: twelve months, decide a day, announce the year."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from services.directory import store
from services.directory.actions import days as actions
from services.directory.model import Line
from services.directory.policy.administration import Administration, may, require
from services.directory.policy.calendar import FIRST_YEAR, LAST_YEAR, require_year
from services.kernel.language.calendar import local_date
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import DayKind
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import IfMatch, LiveMe, Me, Now, Officer, Reading, Tx, edge_router
from services.kernel.runtime.web.forms import Typed, comes_back, read_form

router = edge_router()


class DayForm(BaseModel):
    """A day and what is decided about it."""

    day: Annotated[date, Field(title="日期")]
    kind: Annotated[DayKind, Field(title="类别")]
    name: Annotated[Line, Field(title="名称")] = ""


class AnnounceForm(BaseModel):
    """A year, and whether its notice is out."""

    year: Annotated[int, Field(title="年份")]
    is_announced: bool = False


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
    day, year = _date(typed.get("day")), typed.get("year")
    number = day.year if day else int(year) if year.isdecimal() and len(year) == 4 else 0
    if not FIRST_YEAR <= number <= LAST_YEAR:
        number = local_date(request.state.now).year
    return await _page(request, request.state.officer, session, number, typed)


@router.post("/calendar/days")
@comes_back(_again)
async def set_day(request: Request, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    require(me.roles, Administration.CHANGE_CALENDAR)
    form = await read_form(request, DayForm)
    require_year(form.day.year)
    await actions.set_calendar_day(tx, form.day, form.kind, name=form.name, version=version, by=me.ref)
    said = f"已设定 {form.day:%Y-%m-%d}：{form.kind.label}。"
    return back_to(f"/directory/calendar?year={form.day.year}", said)


@router.post("/calendar/announce")
@comes_back(_again)
async def announce_year(request: Request, me: LiveMe, version: IfMatch, tx: Tx) -> Response:
    require(me.roles, Administration.CHANGE_CALENDAR)
    form = await read_form(request, AnnounceForm)
    require_year(form.year)
    await actions.announce_year(tx, form.year, is_announced=form.is_announced, version=version, by=me.ref)
    said = "已标为已公布。" if form.is_announced else "已改回尚未公布。"
    return back_to(f"/directory/calendar?year={form.year}", f"{form.year} 年放假安排{said}")


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
        may_change=may(me.roles, Administration.CHANGE_CALENDAR),
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
    return {"day": day or ""} | ({"kind": decided.kind, "name": decided.name} if decided else {})


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
