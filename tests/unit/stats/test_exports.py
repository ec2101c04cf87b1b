"""Cells of an exported table: text stays text in every spreadsheet, and numbers stay numbers."""

import pytest

from services.stats.pages.exports import csv_cell


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)", "＝HYPERLINK(1)", "﹦1", "＋1", "+1", "－1", "-a", "＠x", "@x", " =1", "　＝1", "\t=1", "\tx", "\r1",
    ],
)  # fmt: skip
def test_no_spreadsheet_takes_a_text_for_a_formula(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(-3, "-3"), ("−2.5", "-2.5"), (10, "10"), ("关于A=B的情况", "关于A=B的情况"), ("（一）", "（一）"), ("", "")],
)
def test_a_number_keeps_its_sign_and_an_ordinary_text_its_form(value: object, shown: str) -> None:
    assert csv_cell(value) == shown
