"""Walking through the body: paragraphs and tables in order, and what had to be left behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from xml.etree.ElementTree import Element

from services.kernel.runtime.documents.official_text import clean_text
from services.kernel.runtime.documents.reader.numbering import Numbering
from services.kernel.runtime.documents.reader.package import DocumentTooLong, WordParts, attribute, child, local
from services.kernel.runtime.documents.reader.styles import Look, Styles

MAX_PARAGRAPHS = 50_000
"""Empty ones too: nobody writes so many, and each costs the same as one with text."""


class LeftOut(StrEnum):
    """What plain text cannot hold; the value is the warning."""

    TABLES = "表格已转成用制表符分开的文字，请核对。"
    PICTURES = "图片没有导入，需要时请作为附件上传。"
    TEXT_BOXES = "文本框里的文字没有导入，请核对。"
    FOOTNOTES = "脚注和尾注没有导入，请核对。"
    FORMULAS = "公式没有导入，请核对。"
    REVISIONS = "文件带有修订记录，已按全部接受导入，请核对。"
    COMMENTS = "批注没有导入。"
    HIDDEN = "隐藏的文字没有导入。"
    OTHERS = "嵌入的其他文档没有导入。"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a row of a table (which has no look)."""

    text: str
    look: Look | None = None


_NOT_TEXT = {
    "pPr",
    "rPr",
    "sdtPr",
    "sdtEndPr",
    "tblPr",
    "trPr",
    "tcPr",
    "tblGrid",
    "instrText",
    "delText",
    "rt",
    "rubyPr",
}
_LEFT_OUT = {
    "drawing": LeftOut.PICTURES, "pict": LeftOut.PICTURES, "object": LeftOut.PICTURES,
    "footnoteReference": LeftOut.FOOTNOTES, "endnoteReference": LeftOut.FOOTNOTES,
    "oMath": LeftOut.FORMULAS, "oMathPara": LeftOut.FORMULAS,
    "commentReference": LeftOut.COMMENTS, "altChunk": LeftOut.OTHERS,
    "del": LeftOut.REVISIONS, "moveFrom": LeftOut.REVISIONS,
}  # fmt: skip
_REVISED = {"ins", "moveTo"}
_CHARACTERS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


class Walk:
    """One pass through a document; `left_out` is complete once the blocks are used up."""

    def __init__(self, parts: WordParts) -> None:
        self._document = parts.document
        self._styles = Styles(parts.styles)
        self._numbering = Numbering.of(parts.numbering)
        self._paragraphs = 0
        self.left_out: set[LeftOut] = set()

    def blocks(self) -> Iterator[Block]:
        """Paragraphs and table rows with text; a paragraph whose end was deleted joins the next."""
        open_ended: Block | None = None
        body = child(self._document, "body")
        for element in self._flow(body if body is not None else ()):
            if local(element) == "tbl":
                self.left_out.add(LeftOut.TABLES)
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

    def _flow(self, elements: Iterable[Element]) -> Iterator[Element]:
        """Paragraphs and tables, out of whatever wraps them."""
        for element in elements:
            name = local(element)
            if name in {"p", "tbl"}:
                yield element
            elif name in _LEFT_OUT:
                self.left_out.add(_LEFT_OUT[name])
            elif name not in _NOT_TEXT:
                yield from self._flow(element)

    def _paragraph(self, element: Element) -> Block:
        self._paragraphs += 1
        if self._paragraphs > MAX_PARAGRAPHS:
            raise DocumentTooLong("文件的段落太多，请分开报送，或作为附件上传。")
        look = self._styles.look(element)
        text = clean_text("".join(self._text(element))).strip(" \t\n\u3000")
        label = self._numbering.label(look.list_id, look.list_level) if look.list_id and text else ""
        return Block(label + text, look)

    def _rows(self, table: Element) -> Iterator[str]:
        for row in (part for part in table.iter() if local(part) == "tr" and child(part, "trPr", "del") is None):
            cells = (cell for cell in row if local(cell) in {"tc", "sdt"})
            yield "\t".join(self._cell(cell) for cell in cells)

    def _cell(self, cell: Element) -> str:
        texts = (self._paragraph(part).text for part in self._flow(cell) if local(part) == "p")
        return " ".join(text.replace("\n", " ").replace("\t", " ") for text in texts if text)

    def _text(self, element: Element) -> Iterator[str]:
        name = local(element)
        if name == "t":
            yield element.text or ""
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name == "br":
            yield "" if attribute(element, "type") in {"page", "column"} else "\n"
        elif self._is_left_out(element, name):
            return
        else:
            yield from self._inside(element, name)

    def _inside(self, element: Element, name: str) -> Iterator[str]:
        if name in _REVISED:
            self.left_out.add(LeftOut.REVISIONS)
        # Old programs read the second form of the same thing; one of them is enough.
        parts = list(element)[:1] if name == "AlternateContent" else element
        for part in parts:
            yield from self._text(part)

    def _is_left_out(self, element: Element, name: str) -> bool:
        if name in _LEFT_OUT:
            has_text_box = any(local(part) == "txbxContent" for part in element.iter())
            self.left_out.add(LeftOut.TEXT_BOXES if has_text_box else _LEFT_OUT[name])
            return True
        if name == "r" and _is_on(child(element, "rPr", "vanish")):
            self.left_out.add(LeftOut.HIDDEN)
            return True
        return name in _NOT_TEXT


def _is_on(switch: Element | None) -> bool:
    return switch is not None and attribute(switch, "val") not in {"0", "false", "off"}
