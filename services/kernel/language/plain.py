"""What is plain: text, numbers and times that every table, clock and page can take, whoever sent them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.kernel.language.characters import is_printable
from services.kernel.language.moments import EARLIEST, LATEST, within_calendar

LARGEST_NUMBER = 2**63 - 1
DEEPEST = 20
"""Parts within parts; no fact of ours goes deeper than six."""


def is_plain_text(text: str) -> bool:
    """Whether text can be encoded and kept: no lone surrogate, no NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def is_plain_line(text: str, longest: int) -> bool:
    """Whether text could be a name or an id: short, of printable characters alone."""
    return len(text) <= longest and (text.isprintable() or all(char == " " or is_printable(char) for char in text))


def is_plain(value: object, *, depth: int = 0) -> bool:
    """Whether everything in a value is plain: text, whole and other numbers, dates and times; at any depth."""
    if value is None or isinstance(value, UUID):
        return True
    if isinstance(value, str):
        return is_plain_text(value)
    if isinstance(value, int | float):
        return math.isfinite(value) and abs(value) <= LARGEST_NUMBER
    if isinstance(value, date):
        return _is_in_calendar(value)
    for part in _parts(value):  # noqa: SIM110 - the border asks this of every fact; a generator costs as much again
        if depth >= DEEPEST or not is_plain(part, depth=depth + 1):
            return False
    return True


def _is_in_calendar(value: date) -> bool:
    if not isinstance(value, datetime):
        return EARLIEST.date() <= value < LATEST.date()
    try:
        within_calendar(value)
    except (ValueError, OverflowError):
        return False
    return True


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, BaseModel):
        return vars(value).values()
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    return value if isinstance(value, list | tuple | set | frozenset) else ()
