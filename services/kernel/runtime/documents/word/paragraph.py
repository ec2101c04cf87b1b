"""Paragraphs in the styles of `style`: body paragraphs and two ends of one line."""

from __future__ import annotations

from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.text.paragraph import Paragraph

from services.kernel.runtime.documents.official_text import BodyParagraph
from services.kernel.runtime.documents.word import style


def add_text(document: Document, text: str = "", style_name: str = style.TEXT) -> Paragraph:
    """One paragraph; a line feed in it becomes a line break."""
    return document.add_paragraph(text, style_name)


def add_body_paragraph(document: Document, text: BodyParagraph) -> Paragraph:
    """A paragraph with its heading in 黑体 or 楷体; a heading alone stays with what follows."""
    if text.is_heading and text.face != "fang":
        return add_text(document, text.heading, style.HEADING_1 if text.face == "hei" else style.HEADING_2)
    paragraph = document.add_paragraph(style=style.TEXT)
    if text.heading:
        style.face(paragraph.add_run(text.heading), style.FONTS[text.face])
    paragraph.add_run(text.text)
    if text.is_heading:
        paragraph.paragraph_format.keep_with_next = True
    return paragraph


def set_ends(paragraph: Paragraph, left: str, right: str, *, at: int) -> None:
    """Text at both ends of the line; the right one ends at the given distance in EMU."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(at, WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{left}\t{right}")
