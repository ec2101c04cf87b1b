"""Dates, spans and sizes in the words that officers use; plain functions, also the template filters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.kernel.language.calendar import SHANGHAI, duration_zh, zh_day

ABSENT = "—"
_HOUR_S = 3600


def local(at: datetime) -> datetime:
    """The same instant on a clock in China; a time without zone is taken as UTC, as stored."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(SHANGHAI)


def _day(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def iso(value: date | datetime) -> str:
    """Machine form of a date or an instant, for `datetime=` and `data-` attributes."""
    return local(value).isoformat() if isinstance(value, datetime) else value.isoformat()


def zh_date(value: date | datetime | None, now: date | datetime | None = None) -> str:
    """2026年11月24日, or 11月24日 where `now` is given and lies in the same year."""
    if value is None:
        return ABSENT
    day = _day(value)
    short = now is not None and _day(now).year == day.year
    return f"{day.month}月{day.day}日" if short else zh_day(day)


def zh_time(at: datetime | None) -> str:
    """20:41 on a clock in China."""
    return ABSENT if at is None else local(at).strftime("%H:%M")


_NEAR_DAYS = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}


def zh_datetime(at: datetime | None, now: datetime) -> str:
    """今天 20:41, 昨天 9:00, 8月12日 20:41 or 2025年8月12日 20:41."""
    if at is None:
        return ABSENT
    distance = (_day(at) - _day(now)).days
    return f"{_NEAR_DAYS.get(distance) or zh_date(at, now)} {zh_time(at)}"


def zh_short(at: datetime | None, now: datetime) -> str:
    """The shortest clear form, for timelines: 20:41 today, 12日 20:41 this month, else 8月12日 20:41."""
    if at is None:
        return ABSENT
    day, today = _day(at), _day(now)
    if day == today:
        return zh_time(at)
    if (day.year, day.month) == (today.year, today.month):
        return f"{day.day}日 {zh_time(at)}"
    return f"{zh_date(at, now)} {zh_time(at)}"


def time_left(due_at: datetime, now: datetime) -> str:
    """剩 1时26分 before the deadline, 超 26分 after it."""
    left = local(due_at) - local(now)
    return f"{'超' if left < timedelta() else '剩'} {duration_zh(left)}"


def due_tone(due_at: datetime, now: datetime) -> str:
    """How loudly a deadline speaks: solid under 2 hours or late, red under 4, amber under 8, else quiet."""
    hours = (local(due_at) - local(now)).total_seconds() / _HOUR_S
    for limit, tone in ((2, "solid"), (4, "red"), (8, "amber")):
        if hours < limit:
            return tone
    return ""


def filesize(count: int) -> str:
    """412 字节, 46 KB, 12.4 MB."""
    if count < 1024:
        return f"{count} 字节"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def label(word: Any) -> str:
    """The Chinese label of a vocabulary word; other values as they are, nothing for None."""
    return "" if word is None else str(getattr(word, "label", word))
