"""What an administrator may decide about days and years, and how a decided day is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput, NotFound, Refusal
from services.kernel.language.vocabulary import DayKind

FIRST_YEAR, LAST_YEAR = 2004, 2099
LONGEST_RANGE_DAYS = 31


class YearOutOfRange(Refusal):
    """日历只覆盖 2004 年至 2099 年。"""

    status = 404
    code = "year_out_of_range"
    message = f"日历只覆盖 {FIRST_YEAR} 年至 {LAST_YEAR} 年。"


class YearHasNoDays(Refusal):
    """还没有录入这一年的放假安排，不能标为已公布。"""

    code = "year_has_no_days"
    message = "还没有录入这一年的放假安排，请先录入再标为已公布。"


class DaysDoNotFit(InvalidInput):
    """这几天不能这样设定。"""

    code = "days_do_not_fit"
    message = "这几天不能这样设定。"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, errors=[FieldError(field, self.code, sentence).as_dict()])


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


def announcing_blocker(decided: int) -> Refusal | None:
    """What stands in the way of saying that a year is announced of which so many days were decided."""
    return None if decided else YearHasNoDays()


def days_between(first: date, last: date) -> list[date]:
    """The days from the first to the last, both included.

    Raises:
        DaysDoNotFit: They are in the wrong order, of two years, or more than a month.
    """
    if last < first:
        raise DaysDoNotFit("last", "最后一天不能早于第一天。")
    if last.year != first.year:
        raise DaysDoNotFit("last", "跨年的请按年分两次设定。")
    if (last - first).days >= LONGEST_RANGE_DAYS:
        raise DaysDoNotFit("last", f"一次最多设定 {LONGEST_RANGE_DAYS} 天。")
    return [first + timedelta(days=after) for after in range((last - first).days + 1)]


def require_kind(days: Sequence[date], kind: DayKind) -> None:
    """Let all of these days be of this kind.

    Raises:
        DaysDoNotFit: Some are worked, or rest, by the plain week; one sentence names them all.
    """
    if kind is DayKind.HOLIDAY:
        return
    problems = [day for day in days if kind_of(day, is_worked=True) is not kind]
    if not problems:
        return
    named = "、".join(f"{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）" for day in problems)
    why = {
        DayKind.MAKEUP_WORKDAY: f"{named}本来就上班，不能设为调休上班；要撤销放假的，请选“上班”。",
        DayKind.WORKING: f"{named}是周末，上班的请选“调休上班”；要撤销调休的，请选“放假”。",
    }
    raise DaysDoNotFit("kind", why[kind])


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
