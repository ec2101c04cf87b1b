"""Tables as files that an office's spreadsheet opens as they are: CSV and XLSX."""

from __future__ import annotations

import asyncio
import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from fastapi import Response

from services.kernel.language.calendar import SHANGHAI
from services.kernel.runtime.web.downloads import made_file

ExportForm = Literal["csv", "xlsx"]

_FORMULAS = ("=", "+", "-", "@")
_LEADING = ("\t", "\r")
_WIDEST = 60
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class ExportTable:
    """A table: the name of its file, its head, and its lines of as many cells."""

    name: str
    head: Sequence[str]
    lines: Sequence[Sequence[object]]


async def as_file(form: ExportForm, table: ExportTable) -> Response:
    """The table as a download."""
    if form == "csv":
        return made_file(_csv(table), f"{table.name}.csv", "text/csv; charset=utf-8")
    return made_file(await asyncio.to_thread(_xlsx, table), f"{table.name}.xlsx", _XLSX)


def local_text(at: datetime | None) -> str:
    """A point in time as a cell shows it, in Asia/Shanghai; empty for none."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else ""


def csv_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula, full-width signs included; numbers keep their sign."""
    text = str(value).replace("−", "-")
    is_number = text.lstrip("-").replace(".", "", 1).isdigit()
    read = unicodedata.normalize("NFKC", text).lstrip()
    is_formula = read.startswith(_FORMULAS) or text.startswith(_LEADING)
    return f"'{text}" if is_formula and not is_number else text


def _csv(table: ExportTable) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([csv_cell(value) for value in line] for line in [table.head, *table.lines])
    return ("\ufeff" + text.getvalue()).encode()


def _xlsx(table: ExportTable) -> bytes:
    """Every text is written as text, whatever it begins with: nothing in it is a formula or a link."""
    from xlsxwriter import Workbook  # takes its time to load, and many a process never needs it

    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, table.head, book.add_format({"bold": True}))
        page.freeze_panes(1, 0)
        for number, line in enumerate(table.lines, start=1):
            for place, value in enumerate(line):
                if isinstance(value, int | float | Decimal):
                    page.write_number(number, place, value)
                else:
                    page.write_string(number, place, str(value))
        for place, cells in enumerate(zip(table.head, *table.lines, strict=False)):
            page.set_column(place, place, min(_WIDEST, 2 + max(_width(cell) for cell in cells)))
    return made.getvalue()


def _width(value: object) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in str(value)[:_WIDEST])
