"""What an administrator may decide about days and years, and how a decided day is told."""

from __future__ import annotations

from datetime import date

from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.language.vocabulary import DayKind

FIRST_YEAR, LAST_YEAR = 2004, 2099


class YearOutOfRange(Refusal):
    """日历只覆盖 2004 年至 2099 年。"""

    status = 404
    code = "year_out_of_range"
    message = f"日历只覆盖 {FIRST_YEAR} 年至 {LAST_YEAR} 年。"


class YearHasNoDays(Refusal):
    """还没有录入这一年的放假安排，不能标为已公布。"""

    code = "year_has_no_days"
    message = "还没有录入这一年的放假安排，请先录入再标为已公布。"


def require_year(year: int) -> None:
    """Let a year of the calendar pass.

    Raises:
        YearOutOfRange: Before the first notice kept, or absurdly far away.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearOutOfRange


def require_day_of(year: int, day: date) -> None:
    """Let a day of a year of the calendar pass.

    Raises:
        YearOutOfRange: The year is outside the calendar.
        NotFound: The day lies in another year.
    """
    require_year(year)
    if day.year != year:
        raise NotFound


def is_worked(kind: DayKind) -> bool:
    """Whether a day of this kind counts as a working day."""
    return kind is not DayKind.HOLIDAY


def plain_kind(day: date) -> DayKind:
    """What the plain week says of a day, for taking a decision back."""
    return DayKind.WORKING if day.isoweekday() <= 5 else DayKind.HOLIDAY


def kind_of(day: date, *, is_worked: bool) -> DayKind:
    """The kind behind a day of which only is known whether it is worked."""
    if not is_worked:
        return DayKind.HOLIDAY
    return DayKind.WORKING if plain_kind(day) is DayKind.WORKING else DayKind.MAKEUP_WORKDAY
