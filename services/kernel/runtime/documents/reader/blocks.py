"""Walking through the body: paragraphs and tables in order, and the notes that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from services.kernel.runtime.documents.official_text import clean_text
from services.kernel.runtime.documents.reader.left_out import LeftOut, Tally
from services.kernel.runtime.documents.reader.numbering import Numbering
from services.kernel.runtime.documents.reader.package import DocumentTooLong, WordParts, attribute, child, is_on, local
from services.kernel.runtime.documents.reader.runs import Runs
from services.kernel.runtime.documents.reader.styles import Look, Styles

MAX_PARAGRAPHS = 50_000
"""Empty ones too: nobody writes so many, and each costs the same as one with text."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a row of a table or a note (which have no look)."""

    text: str
    look: Look | None = None


class Walk:
    """One pass through a document; the warnings are complete once the blocks are used up."""

    def __init__(self, parts: WordParts) -> None:
        self._document = parts.document
        self._styles = Styles(parts.styles)
        self._numbering = Numbering.of(parts.numbering)
        self._paragraphs = 0
        self._tally = Tally()
        self._runs = Runs(self._tally, self._note_mark)
        notes = (part for part in (parts.footnotes, parts.endnotes) if part is not None)
        self._notes = {(local(note), attribute(note, "id")): note for part in notes for note in part}
        self._noted: list[Element] = []
        if parts.has_margin_text:
            self._tally.add(LeftOut.MARGINS)

    def blocks(self) -> Iterator[Block]:
        """Paragraphs, table rows and, last, notes with text; a paragraph whose end was deleted joins the next."""
        open_ended: Block | None = None
        body = child(self._document, "body")
        for element in self._flow(body if body is not None else ()):
            if local(element) == "tbl":
                self._tally.add(LeftOut.TABLES)
                yield from (Block(row) for row in self._rows(element) if row.strip())
                continue
            block = self._paragraph(element)
            if open_ended is not None:
                block = replace(open_ended, text=open_ended.text + block.text)
            open_ended = block if child(element, "pPr", "rPr", "del") is not None else None
            if block.text and open_ended is None:
                yield block
        if open_ended is not None and open_ended.text:
            yield open_ended
        for number, note in enumerate(self._noted, start=1):
            yield Block(f"〔注{number}〕{self._cell(note)}")

    def warnings(self) -> list[str]:
        """What was left out so far, in sentences."""
        if self._numbering.is_doubtful:
            self._tally.add(LeftOut.NUMBERS)
        if self._numbering.has_bullets:
            self._tally.add(LeftOut.BULLETS)
        return self._tally.warnings()

    def _note_mark(self, kind: str, note_id: str) -> str:
        note = self._notes.get((kind, note_id))
        if note is None:
            self._tally.add(LeftOut.FOOTNOTES)
            return ""
        if not self._noted:
            self._tally.add(LeftOut.NOTES)
        self._noted.append(note)
        return f"〔注{len(self._noted)}〕"

    def _flow(self, elements: Iterable[Element]) -> Iterator[Element]:
        """Paragraphs and tables, out of whatever wraps them."""
        for element in elements:
            name = local(element)
            if name in {"p", "tbl"}:
                yield element
            elif not self._runs.passes_over(element, name):
                yield from self._flow(list(element)[:1] if name == "AlternateContent" else element)

    def _paragraph(self, element: Element) -> Block:
        self._paragraphs += 1
        if self._paragraphs > MAX_PARAGRAPHS:
            raise DocumentTooLong("文件的段落太多，请分开报送，或作为附件上传。")
        look = self._styles.look(element)
        text = clean_text(self._runs.text_of(element)).strip(" \t\n\u3000")
        # Word counts an empty paragraph too, but not one whose end is hidden.
        is_listed = look.list_id not in {"", "0"} and not is_on(child(element, "pPr", "rPr", "vanish"))
        number = self._number(element, look) if is_listed else ""
        return Block(number + text if text else "", look)

    def _number(self, paragraph: Element, look: Look) -> str:
        if (
            child(paragraph, "pPr", "rPr", "del") is not None
            or child(paragraph, "pPr", "numPr", "numberingChange") is not None
        ):
            self._tally.add(LeftOut.NUMBERS)
        return self._numbering.label(look.list_id, look.list_level, look.list_style_id)

    def _rows(self, table: Element) -> Iterator[str]:
        for row in (part for part in table.iter() if local(part) == "tr" and child(part, "trPr", "del") is None):
            cells = (cell for cell in row if local(cell) in {"tc", "sdt"})
            yield "\t".join(self._cell(cell) for cell in cells)

    def _cell(self, cell: Element) -> str:
        texts = (self._paragraph(part).text for part in self._flow(cell) if local(part) == "p")
        return " ".join(text.replace("\n", " ").replace("\t", " ") for text in texts if text)
