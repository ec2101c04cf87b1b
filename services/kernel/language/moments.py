"""Points in time as they come in: with their zone, and far from the ends of the calendar, where reckoning fails."""

from __future__ import annotations

from datetime import UTC, datetime

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def within_calendar(at: datetime) -> datetime:
    """The same point in time.

    Raises:
        ValueError: It has no zone, or lies before 1900 or after 2199.
    """
    if at.tzinfo is None:
        raise ValueError("时间缺少时区")
    if not EARLIEST <= at < LATEST:
        raise ValueError("时间应在 1900 年至 2199 年之间")
    return at


def read_moment(text: str) -> datetime:
    """The point in time that an ISO 8601 text names.

    Raises:
        ValueError: It names none, or one beyond the calendar.
    """
    return within_calendar(datetime.fromisoformat(text))


def age_s(now: datetime, since: datetime | None) -> float:
    """Seconds since then, never negative; 0 for nothing."""
    return max((now - since).total_seconds(), 0.0) if since else 0.0
