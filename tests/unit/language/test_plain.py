"""What is plain is what every table, clock and page can take; nothing else is."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import BaseModel

from services.kernel.language.plain import LARGEST_NUMBER, is_plain, is_plain_line


class Part(BaseModel):
    """Anything within a part."""

    value: object


AT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
FAR = timezone(timedelta(hours=-14))
PLAIN = ["题\n文", "", 0, -1, LARGEST_NUMBER, 1.5, True, None, AT, date(2026, 1, 1), b"\0", ("a", 1)]
NOT_PLAIN = [
    "a\0b",
    "\ud800",
    LARGEST_NUMBER + 1,
    -(10**30),
    float("inf"),
    float("nan"),
    AT.replace(tzinfo=None),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(9999, 12, 31, 23, tzinfo=FAR),
    datetime(2200, 1, 1, tzinfo=UTC),
    date(1, 1, 1),
    date(9999, 12, 31),
]


@pytest.mark.parametrize("value", PLAIN)
def test_plain_values_stay_plain_in_whatever_they_lie(value: Any) -> None:
    assert is_plain(Part(value=(value, {"key": [Part(value=value)]})))


@pytest.mark.parametrize("value", NOT_PLAIN, ids=repr)
def test_what_something_behind_could_not_take_is_found_at_any_depth(value: Any) -> None:
    assert not is_plain(value)
    assert not is_plain(Part(value=("well", {"key": [Part(value=value)]})))


def test_a_key_is_looked_at_as_well() -> None:
    assert not is_plain({"a\0": 1})


def test_parts_within_parts_have_an_end() -> None:
    value: object = "well"
    for _ in range(50):
        value = [value]
    assert not is_plain(value)


@pytest.mark.parametrize("text", ["a" * 9, "a\nb", "a\0", "\ud800", "a\u202eb", "\x7f"])
def test_a_line_is_short_and_printable(text: str) -> None:
    assert is_plain_line("a-1", 8)
    assert not is_plain_line(text, 8)
