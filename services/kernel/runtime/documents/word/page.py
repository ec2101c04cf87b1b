"""The page: A4 with a grid of 22 lines of 28 characters, page numbers outside.

Source: GB/T 9704-2012, 5.1, 5.2 and 7.5.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.section import _Footer
from docx.shared import Mm

from services.kernel.runtime.documents.word import style
from services.kernel.runtime.documents.word.element import make, put

_DASH_BELOW_TEXT = Mm(7)
_PAGE_NUMBER_HEIGHT = Mm(5)
_LINE_PITCH = 579  # twentieths of a point; at 580 the 22nd line can fall on the next page


def new_document(*, title: str, author: str, dated_on: date) -> Document:
    """An empty document with the page and the paragraph styles set up."""
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, author, ""
    properties.created = properties.modified = datetime(
        dated_on.year, dated_on.month, dated_on.day, tzinfo=UTC
    ).replace(tzinfo=None)
    _set_up_page(document)
    style.define_styles(document)
    _number_pages(document)
    return document


def _set_up_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(35) - _DASH_BELOW_TEXT - _PAGE_NUMBER_HEIGHT
    properties = section._sectPr  # noqa: SLF001 - python-docx offers no document grid
    for grid in properties.findall(qn("w:docGrid")):
        properties.remove(grid)
    # "linesAndChars" would be the obvious type, but LibreOffice then sets 14 characters a line.
    properties.append(make("docGrid", type="lines", linePitch=_LINE_PITCH))


def _number_pages(document: Document) -> None:
    """— 1 — at the right on odd pages, at the left on even ones, one character from the edge."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    _number_page(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _number_page(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _number_page(footer: _Footer, side: WD_ALIGN_PARAGRAPH) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = style.PAGE_NUMBER
    paragraph.alignment = side
    edge = "right" if side is WD_ALIGN_PARAGRAPH.RIGHT else "left"
    put(paragraph._p.get_or_add_pPr(), "ind", **{f"{edge}Chars": 100, edge: 280})  # noqa: SLF001
    paragraph.add_run("— ")
    field = make("fldSimple", instr="PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - fields have no name in python-docx
    field.append(paragraph.add_run("1")._r)  # noqa: SLF001
    paragraph.add_run(" —")
