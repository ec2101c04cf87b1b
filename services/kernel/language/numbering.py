"""The number by which people name an item: unit, year and running number, as offices number their papers."""

from __future__ import annotations

import re

LONGEST = 160
"""Characters, of the unit's name above all."""

_NUMBER = re.compile(r"〔([12][0-9]{3})〕([1-9][0-9]{0,8})号$")


def item_number(unit_name: str, year: int, running: int) -> str:
    """龙潭乡〔2026〕12号."""
    return f"{unit_name[: LONGEST - 20]}〔{year}〕{running}号"


def read_item_number(number: str) -> tuple[int, int] | None:
    """Year and running number of an item's number; None for what is none."""
    found = _NUMBER.search(number)
    return (int(found[1]), int(found[2])) if found else None
