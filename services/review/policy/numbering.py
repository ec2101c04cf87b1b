"""第N期: numbers of issues restart each year and are given when the issue is signed (domain rules §5.2)."""

from __future__ import annotations

from datetime import datetime

from services.kernel.language.calendar import local_date


def issue_year(signed_at: datetime) -> int:
    """The year whose series an issue belongs to: the local year of its signature."""
    return local_date(signed_at).year


def next_number(last: int | None) -> int:
    """The number after `last`, the highest given in this periodical, year and series; voided ones count."""
    return (last or 0) + 1


def issue_label(number: int | None, *, is_supplement: bool = False) -> str:
    """How an issue is called in print; a draft has no number yet."""
    if number is None:
        return "增刊（未定期号）" if is_supplement else "（未定期号）"
    return f"增刊第{number}期" if is_supplement else f"第{number}期"
