"""An item with its 审签单 as .docx: the text an office edits and prints with its own fonts."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from docx.document import Document
from docx.enum.text import WD_BREAK
from docx.shared import Mm

from services.kernel.runtime.documents.manuscript.document import Manuscript
from services.kernel.runtime.documents.official_text import cleaned
from services.kernel.runtime.documents.word import style
from services.kernel.runtime.documents.word.element import make, put
from services.kernel.runtime.documents.word.page import new_document
from services.kernel.runtime.documents.word.paragraph import add_body_paragraph, add_text, set_ends

_HEAD = ("环节", "办理人", "方式", "时间")
_HEAD_WIDTHS = (Mm(24), Mm(48), Mm(36), Mm(48))
_ROW_WIDTHS = (Mm(32), Mm(124))


def manuscript_docx(document: Manuscript) -> bytes:
    """The item as a Word file; the same parts in the same order as its PDF."""
    said: Manuscript = cleaned(document)
    word = new_document(title=said.name, author=said.office, dated_on=said.dated_on)
    set_ends(add_text(word, style_name=style.FLUSH), said.office, said.number, at=style.TEXT_WIDTH)
    add_text(word, style_name=style.RED_RULE)
    add_text(word, "\n".join(said.title_lines), style.TITLE)
    for paragraph in said.paragraphs:
        add_body_paragraph(word, paragraph)
    for line in said.files:
        add_text(word, line)
    if said.particulars:
        add_text(word, style_name=style.FLUSH)
        _add_table(word, said.particulars, _ROW_WIDTHS, headed_by_column=True)
    add_text(word, style_name=style.FLUSH).add_run().add_break(WD_BREAK.PAGE)
    add_text(word, "审 签 单", style.TITLE)
    _add_table(word, said.head, _ROW_WIDTHS, headed_by_column=True)
    add_text(word, style_name=style.FLUSH)
    steps = [_HEAD, *((step.step, step.by, step.how, step.at) for step in said.steps)]
    _add_table(word, steps, _HEAD_WIDTHS, headed_by_column=False)
    saved = BytesIO()
    word.save(saved)
    return saved.getvalue()


def _add_table(word: Document, rows: Sequence[Sequence[str]], widths: Sequence[Mm], *, headed_by_column: bool) -> None:
    """A ruled table in small print; its first column or its first row is set in 黑体."""
    table = word.add_table(rows=len(rows), cols=len(widths))
    borders = put(table._tbl.tblPr, "tblBorders")  # noqa: SLF001 - no name in python-docx
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(make(side, val="single", sz=4, space=0, color="000000"))
    table.autofit = False
    for at, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        for column, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.style = style.END_BLOCK
            run = paragraph.add_run(text)
            if column == 0 if headed_by_column else at == 0:
                style.face(run, style.FONTS["hei"])
