"""The number by which people name an item."""

import pytest

from services.kernel.language.numbering import LONGEST, item_number, read_item_number


def test_a_number_says_unit_year_and_running_number_and_is_read_back() -> None:
    number = item_number("龙潭乡", 2026, 12)
    assert number == "龙潭乡〔2026〕12号"
    assert read_item_number(number) == (2026, 12)


def test_the_longest_name_of_a_unit_leaves_room_for_year_and_number() -> None:
    number = item_number("长" * 500, 2026, 999_999_999)
    assert len(number) <= LONGEST
    assert read_item_number(number) == (2026, 999_999_999)


@pytest.mark.parametrize("text", ["", "龙潭乡", "龙潭乡[2026]12号", "〔2026〕0号", "〔26〕1号", "〔2026〕12号文"])
def test_what_is_no_number_is_read_as_none(text: str) -> None:
    assert read_item_number(text) is None
