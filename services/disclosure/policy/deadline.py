"""When information has to be public: the office's own limit and the law's, both kept."""

from dataclasses import dataclass
from datetime import date

from services.disclosure.policy.category import Category, FixedDate, Limit
from services.kernel.language.calendar import DueDate, WorkingDays


@dataclass(frozen=True)
class DueDates:
    """Both dates; `internal` is None where the office has set no limit of its own."""

    internal: DueDate | None
    statutory: DueDate

    @property
    def due(self) -> DueDate:
        """The date to work by: never later than the law's."""
        return self.internal or self.statutory

    def is_overdue(self, today: date) -> bool:
        """Whether the date to work by has passed; the due day itself is in time."""
        return today > self.due.on

    def is_unlawfully_late(self, today: date) -> bool:
        """Whether even the law's date has passed."""
        return today > self.statutory.on


def due_dates(formed_on: date, category: Category, days: WorkingDays) -> DueDates:
    """Both due dates of information that was formed, changed or issued on a local date.

    Source: 政府信息公开条例 第二十六条 (20 working days), 第四十九条 (yearly report); 预算法 第十四条.
    """
    if category.fixed_date:
        return DueDates(None, _next_fixed(formed_on, category.fixed_date, category.basis))
    statutory = _after(formed_on, category.statutory_limit, days)
    if category.internal_limit is None:
        return DueDates(None, statutory)
    internal = _after(formed_on, category.internal_limit, days)
    # Holidays stretch working days but not days; the law's date stands.
    return DueDates(min(internal, statutory, key=lambda due: due.on), statutory)


def _after(start: date, limit: Limit, days: WorkingDays) -> DueDate:
    if limit.unit == "working_days":
        return days.add_working_days(start, limit.count)
    return days.add_calendar_days(start, limit.count)


def _next_fixed(start: date, fixed: FixedDate, source: str) -> DueDate:
    this_year = date(start.year, fixed.month, fixed.day)
    on = this_year if this_year >= start else this_year.replace(year=start.year + 1)
    basis = f"每年{fixed.month}月{fixed.day}日前" + (f"（{source}）" if source else "")
    return DueDate(on, is_provisional=False, basis=basis)
