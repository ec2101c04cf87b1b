"""Months as scores are counted: 2026-11, on the calendar of China."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from services.kernel.language.calendar import SHANGHAI
from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput

_PERIOD = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


class PeriodUnreadable(InvalidInput):
    """月份应写成 2026-11 的样子。"""

    code = "period_unreadable"
    message = "月份应写成 2026-11 的样子。"


@dataclass(frozen=True, order=True)
class Period:
    """One month."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str) -> Period:
        """The month that a text such as 2026-11 names.

        Raises:
            PeriodUnreadable: It names none.
        """
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise PeriodUnreadable(errors=[FieldError("period", "pattern", PeriodUnreadable.message).as_dict()])
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def at(cls, now: datetime) -> Period:
        """The month in which an instant lies."""
        local = now.astimezone(SHANGHAI)
        return cls(local.year, local.month)

    def __str__(self) -> str:
        """2026-11."""
        return f"{self.year}-{self.month:02d}"

    @property
    def label(self) -> str:
        """2026年11月."""
        return f"{self.year}年{self.month}月"

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def previous(self) -> Period:
        """The month before."""
        return Period(self.year - 1, 12) if self.month == 1 else Period(self.year, self.month - 1)

    @property
    def next(self) -> Period:
        """The month after."""
        return Period(self.year + 1, 1) if self.month == 12 else Period(self.year, self.month + 1)

    def so_far_this_year(self) -> list[Period]:
        """The months of its year up to it."""
        return [Period(self.year, month) for month in range(1, self.month + 1)]


def earliest_open(today: date, close_day: int) -> date:
    """First day that new rules may still reach: last month stays open up to and with its close day."""
    this = Period(today.year, today.month)
    return (this.previous if today.day <= close_day else this).first_day
