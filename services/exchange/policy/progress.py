"""How far a lane has come in catching up, and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Rows receipted since catching up began, out of all that then and since were due."""

    done: int
    total: int
    since: datetime
    now: datetime

    @property
    def percent(self) -> int:
        """Whole percent done, rounded down."""
        return 100 * self.done // self.total if self.total else 100

    @property
    def rate(self) -> float:
        """Rows a second so far."""
        return self.done / max((self.now - self.since).total_seconds(), 1.0)

    @property
    def left(self) -> timedelta | None:
        """How long it will take at this rate; None as long as nothing has moved."""
        return timedelta(seconds=(self.total - self.done) / self.rate) if self.done else None

    @property
    def done_at(self) -> datetime | None:
        """When it will be done at this rate."""
        return self.now + self.left if self.left is not None else None


def catch_up(*, from_n: int, receipted_n: int, n: int, since: datetime | None, now: datetime) -> CatchUp | None:
    """The progress of a lane; None when it is not catching up."""
    if since is None or n <= receipted_n:
        return None
    return CatchUp(max(receipted_n - from_n, 0), max(n - from_n, 1), since, now)
