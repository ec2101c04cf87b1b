"""Word files that the story's officers bring along."""

from __future__ import annotations

from io import BytesIO

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def manuscript(title: str, body: str) -> bytes:
    """An item as somebody wrote it in Word: a centred title, then one paragraph a line."""
    from docx import Document

    document = Document()
    document.add_heading(title, level=0)
    for line in body.splitlines():
        document.add_paragraph(line)
    return _bytes(document)


def pipe_table() -> bytes:
    """The attachment of the problem item: the pipes of four villages."""
    rows = [
        ("村", "管道（公里）", "其中露天（公里）", "冻裂支管（处）", "受影响（户）"),
        ("茶坪村", "8.2", "2.6", "34", "131"),
        ("云脚村", "7.9", "2.1", "27", "125"),
        ("松林村", "7.4", "2.0", "23", "118"),
        ("石门村", "8.1", "2.7", "42", "112"),
        ("合计", "31.6", "9.4", "126", "486"),
    ]
    from docx import Document

    document = Document()
    document.add_heading("高山片区4个村饮水管网冻损情况表", level=1)
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for line, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, texts, strict=True):
            cell.text = text
    return _bytes(document)


def _bytes(document: object) -> bytes:
    buffer = BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()
