"""Days and hours of China in words, and working days: the plain week, what the State Council moved, what is not yet announced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from services.kernel.language.vocabulary import DayKind

# A fixed offset, not a zone database: China has had no summer time since 1991, and every
# instant kept here is younger.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_MINUTE_S = 60
_HOUR_S = 3600
_DAY_S = 86400

# Free by law in every year on the same date, so they hold before the notice is out.
# Source: 全国年节及纪念日放假办法 (2024) 第二条.
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def local_date(instant: datetime) -> date:
    """The date in Asia/Shanghai at an instant.

    Raises:
        ValueError: The instant has no zone, so it names no date.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(SHANGHAI).date()


def zh_day(day: date) -> str:
    """2026年11月24日."""
    return f"{day.year}年{day.month}月{day.day}日"


def zh_moment(instant: datetime) -> str:
    """2026年11月24日 16:05 on a clock in China, as paper has it.

    Raises:
        ValueError: The instant has no zone.
    """
    return f"{zh_day(local_date(instant))} {instant.astimezone(SHANGHAI):%H:%M}"


def duration_zh(span: timedelta | float) -> str:
    """A length of time in its two largest units: 3天4小时, 1时26分, 42分, 18秒; `span` in seconds or a timedelta."""
    seconds = round(abs(span.total_seconds() if isinstance(span, timedelta) else span))
    if seconds >= _DAY_S:
        days, rest = divmod(seconds, _DAY_S)
        return f"{days}天{rest // _HOUR_S}小时" if rest >= _HOUR_S else f"{days}天"
    if seconds >= _HOUR_S:
        hours, rest = divmod(seconds, _HOUR_S)
        return f"{hours}时{rest // _MINUTE_S}分" if rest >= _MINUTE_S else f"{hours}小时"
    return f"{seconds // _MINUTE_S}分" if seconds >= _MINUTE_S else f"{seconds}秒"


@dataclass(frozen=True)
class DueDate:
    """A date with the way it was found; provisional while it rests on a year without notice."""

    on: date
    is_provisional: bool
    basis: str


@dataclass(frozen=True)
class CalendarDay:
    """One row of the calendar: a day that differs from the plain week, and why."""

    on: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked: Monday to Friday, except where an override says otherwise.

    Args:
        overrides: Only the days that were decided; all others follow the plain week.
        announced_years: Years whose official notice is in `overrides`.
    """

    overrides: Mapping[date, DayKind] = field(default_factory=dict)
    announced_years: frozenset[int] = frozenset()

    def is_announced(self, day: date) -> bool:
        """Whether it is certain that this day is worked or free."""
        return day.year in self.announced_years or day in self.overrides

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked, as far as is known today."""
        decided = self.overrides.get(day)
        if decided is not None:
            return decided is not DayKind.HOLIDAY
        if day.year not in self.announced_years and (day.month, day.day) in _FIXED_HOLIDAYS:
            return False
        return day.weekday() < _SATURDAY

    def add_working_days(self, start: date, count: int) -> DueDate:
        """The `count`-th working day after `start`; the day itself is not counted.

        Raises:
            ValueError: `count` is negative.
        """
        if count < 0:
            raise ValueError("working days are counted forwards")
        day, left = start, count
        while left:
            day += _ONE_DAY
            left -= self.is_working_day(day)
        rule = f"自{zh_day(start)}的次日起第{count}个工作日" if count else f"{zh_day(start)}当日"
        return self._due(start, day, rule)

    def add_calendar_days(self, start: date, count: int) -> DueDate:
        """The `count`-th day after `start`, moved on if it falls on a day off.

        Source: 民法典 第二百零一条、第二百零三条.
        """
        last = day = start + timedelta(days=count)
        while not self.is_working_day(day):
            day += _ONE_DAY
        moved = "" if day == last else f"（{zh_day(last)}休息，顺延）"
        return self._due(last - _ONE_DAY, day, f"自{zh_day(start)}的次日起第{count}日{moved}")

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        span = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, span + 1))

    def _due(self, after: date, on: date, rule: str) -> DueDate:
        """Say on which years without notice the days after `after` up to `on` rest."""
        passed = (after + timedelta(days=n) for n in range(1, (on - after).days + 1))
        unknown = sorted({day.year for day in passed if not self.is_announced(day)})
        if not unknown:
            return DueDate(on, is_provisional=False, basis=rule)
        years = "、".join(f"{year}年" for year in unknown)
        return DueDate(on, is_provisional=True, basis=f"{rule}；{years}放假安排尚未公布，公布后可能变动")


def seed_days(first: int = 2004, last: int = 2026) -> list[CalendarDay]:
    """Days decided by the State Council notices of these years, for the directory to start from.

    Source: the package `chinesecalendar`, which transcribes the yearly notices.
    """
    # It fills a table once; nothing else needs its 20 years of constants in memory.
    from chinese_calendar.constants import (
        Holiday,
        holidays,
        workdays,
    )

    names = {holiday.value: holiday.chinese for holiday in Holiday}
    free = [CalendarDay(on, DayKind.HOLIDAY, names[name]) for on, name in holidays.items()]
    worked = [CalendarDay(on, DayKind.MAKEUP_WORKDAY, f"{names[name]}调休") for on, name in workdays.items()]
    return sorted((day for day in free + worked if first <= day.on.year <= last), key=lambda day: day.on)
