"""Exported tables: text stays text in every spreadsheet, numbers stay numbers, and no list is too long."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from defusedxml import ElementTree

from services.kernel.runtime.pages.export import ExportTable, as_file, csv_cell
from services.kernel.runtime.pages.listing import MOST_EXPORTED, export_list
from services.kernel.runtime.pages.paging import Part

CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c"


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


async def test_in_a_workbook_a_formula_is_a_text_and_a_number_a_number() -> None:
    lines = [["=1+1", "https://a.example", date(2026, 11, 24)], [12, Decimal("-2.5"), "0578-12"]]
    answer = await as_file("xlsx", ExportTable("表", ["甲", "乙", "丙"], lines))
    with zipfile.ZipFile(io.BytesIO(bytes(answer.body))) as book:
        cells = {
            cell.get("r"): (cell.get("t"), [(part.tag.partition("}")[2], part.text) for part in cell])
            for cell in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(CELL)
        }
        texts = book.read("xl/sharedStrings.xml").decode()
    assert {place: kind for place, (kind, _) in cells.items() if kind != "s"} == {"A3": None, "B3": None}
    assert (cells["A3"][1], cells["B3"][1]) == ([("v", "12")], [("v", "-2.5")])
    assert all(tag == "v" for _, parts in cells.values() for tag, _ in parts)
    assert all(text in texts for text in ("=1+1", "https://a.example", "2026-11-24", "0578-12"))
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E8%A1%A8.xlsx"


async def test_a_list_that_is_too_long_says_so_in_its_last_line() -> None:
    async def read(cursor: str, limit: int) -> Part[int]:
        first = int(cursor or 0)
        return Part(list(range(first, first + limit)), str(first + limit))

    said = bytes((await export_list("csv", "表", ["数"], read=read, line=lambda number: [number])).body).decode()
    assert len(said.splitlines()) == MOST_EXPORTED + 2
    assert f"只导出了前 {MOST_EXPORTED} 行" in said.splitlines()[-1]
