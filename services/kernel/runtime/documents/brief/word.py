"""An issue as .docx: the text an office edits and prints with its own fonts."""

from __future__ import annotations

from io import BytesIO

from docx.document import Document
from docx.shared import Mm, Pt

from services.kernel.runtime.documents.brief.document import BriefDocument, BriefItem
from services.kernel.runtime.documents.official_text import cleaned, em_width
from services.kernel.runtime.documents.word import style
from services.kernel.runtime.documents.word.element import put
from services.kernel.runtime.documents.word.end_block import add_end_block
from services.kernel.runtime.documents.word.page import new_document
from services.kernel.runtime.documents.word.paragraph import (
    add_body_paragraph,
    add_text,
    set_ends,
)

_LARGEST_NAME_PT = 52


def brief_docx(document: BriefDocument) -> bytes:
    """The issue as a Word file; the same parts in the same order as its PDF."""
    brief: BriefDocument = cleaned(document)
    word = new_document(title=f"{brief.name}{brief.issue_label}", author=brief.office, dated_on=brief.issued_on)
    _write_masthead(word, brief)
    _write_contents(word, brief)
    _write_note(word, brief)
    for article in brief.articles:
        _write_article(word, article)
    add_end_block(word, brief.recipients, brief.signer_label, brief.copies_label)
    saved = BytesIO()
    word.save(saved)
    return saved.getvalue()


def _write_masthead(word: Document, brief: BriefDocument) -> None:
    marks = add_text(word, style_name=style.FLUSH)
    set_ends(marks, brief.secrecy_mark, brief.copy_no, at=style.TEXT_WIDTH)
    for run in marks.runs:
        style.face(run, style.FONTS["hei"])
    name = add_text(word, brief.name, style.MARK)
    name.runs[0].font.size = Pt(min(_LARGEST_NAME_PT, int(style.TEXT_WIDTH.pt / em_width(brief.name))))
    add_text(word, brief.issue_label, style.CENTRED)
    if brief.total_label:
        add_text(word, brief.total_label, style.SMALL)
    office = add_text(word, style_name=style.FLUSH)
    put(office._p.get_or_add_pPr(), "ind", leftChars=100, left=316)  # noqa: SLF001
    set_ends(office, brief.office, brief.date_label, at=style.TEXT_WIDTH - Mm(6))
    add_text(word, style_name=style.RED_RULE)


def _write_contents(word: Document, brief: BriefDocument) -> None:
    if brief.contents:
        style.face(add_text(word, "本期要目", style.CENTRED).runs[0], style.FONTS["hei"])
    for entry in brief.contents:
        add_text(word, f"◆{entry}", style.CONTENTS)


def _write_note(word: Document, brief: BriefDocument) -> None:
    for number, text in enumerate(brief.note_paragraphs):
        paragraph = add_text(word)
        if number == 0:
            style.face(paragraph.add_run("按语："), style.FONTS["hei"])
        style.face(paragraph.add_run(text), style.FONTS["kai"])


def _write_article(word: Document, article: BriefItem) -> None:
    add_text(word, "\n".join(article.title_lines), style.TITLE)
    for paragraph in article.body:
        add_body_paragraph(word, paragraph)
