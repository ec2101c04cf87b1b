"""版记: who gets the document, who signed it and how many were printed, at the foot of the last page.

Source: GB/T 9704-2012, 7.4.
"""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

from services.kernel.runtime.documents.word import style
from services.kernel.runtime.documents.word.element import make, put
from services.kernel.runtime.documents.word.paragraph import add_text, set_ends

_THICK, _THIN = 8, 6  # eighths of a point
_EDGE = Pt(14)


def add_end_block(document: Document, recipients: Sequence[str], left: str, right: str) -> None:
    """Lines of recipients over a last line with two ends; empty parts are left out."""
    has_last_line = bool(left or right)
    if not recipients and not has_last_line:
        return
    add_text(document, style_name=style.FLUSH)
    table = document.add_table(rows=bool(recipients) + has_last_line, cols=1)
    _pin_to_foot(table)
    _draw_lines(table)
    if recipients:
        _write_recipients(table.rows[0].cells[0], recipients)
    if has_last_line:
        _write_last_line(table.rows[-1].cells[0], left, right)
    add_text(document, style_name=style.NO_ROOM)  # Word wants a paragraph after a table.


def _pin_to_foot(table: Table) -> None:
    """Float at the bottom of the type area. LibreOffice leaves it in the flow, under the text."""
    put(
        table._tbl.tblPr, "tblpPr", vertAnchor="margin", horzAnchor="margin",  # noqa: SLF001
        tblpXSpec="center", tblpYSpec="bottom", leftFromText=0, rightFromText=0,
    )  # fmt: skip
    table.autofit = False
    table._tbl.tblGrid.find(qn("w:gridCol")).set(qn("w:w"), str(style.TEXT_WIDTH.twips))  # noqa: SLF001
    for row in table.rows:
        row._tr.get_or_add_trPr().append(make("cantSplit"))  # noqa: SLF001
        row.cells[0].width = style.TEXT_WIDTH


def _draw_lines(table: Table) -> None:
    borders = put(table._tbl.tblPr, "tblBorders")  # noqa: SLF001 - no name in python-docx
    for side, size in (("top", _THICK), ("bottom", _THICK), ("insideH", _THIN)):
        borders.append(make(side, val="single", sz=size, space=0, color="000000"))


def _write_recipients(cell: _Cell, recipients: Sequence[str]) -> None:
    """Each line goes on under its first recipient, not under 报：."""
    for number, line in enumerate(recipients):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.style = style.END_BLOCK
        paragraph.paragraph_format.left_indent = _EDGE + Pt(28)
        paragraph.paragraph_format.first_line_indent = Pt(-28)
        paragraph.paragraph_format.right_indent = _EDGE
        paragraph.add_run(line)


def _write_last_line(cell: _Cell, left: str, right: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = style.END_BLOCK
    paragraph.paragraph_format.left_indent = _EDGE
    set_ends(paragraph, left, right, at=style.TEXT_WIDTH - Mm(10))
