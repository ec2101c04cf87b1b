"""The text of one paragraph: runs, fields and signs as they are seen, and what had to be left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from services.kernel.runtime.documents.reader.fields import CLOCKS, COUNTERS, OpenField
from services.kernel.runtime.documents.reader.left_out import LeftOut, Tally
from services.kernel.runtime.documents.reader.package import attribute, child, is_on, local, value_of
from services.kernel.runtime.documents.reader.symbols import draws_signs, raised, sign_of

_LEFT_OUT = {
    "drawing": LeftOut.PICTURES, "pict": LeftOut.PICTURES, "object": LeftOut.PICTURES, "contentPart": LeftOut.PICTURES,
    "oMath": LeftOut.FORMULAS, "oMathPara": LeftOut.FORMULAS,
    "commentReference": LeftOut.COMMENTS, "altChunk": LeftOut.OTHERS, "subDoc": LeftOut.OTHERS,
    "del": LeftOut.REVISIONS, "moveFrom": LeftOut.REVISIONS,
}  # fmt: skip
_REVISED = {"ins", "moveTo"}
_WRAPPERS = frozenset(
    "hyperlink smartTag customXml sdt sdtContent AlternateContent Choice Fallback ruby rubyBase dir bdo r p tc tr tbl body".split()  # noqa: SIM905
) | {*_REVISED}
_UNSEEN = frozenset(
    "pPr rPr sdtPr sdtEndPr tblPr tblPrEx trPr tcPr tblGrid sectPr rt rubyPr smartTagPr customXmlPr ffData delText delInstrText "  # noqa: SIM905
    "bookmarkStart bookmarkEnd proofErr permStart permEnd lastRenderedPageBreak commentRangeStart commentRangeEnd annotationRef "
    "footnoteRef endnoteRef separator continuationSeparator softHyphen moveFromRangeStart moveFromRangeEnd moveToRangeStart "
    "moveToRangeEnd customXmlInsRangeStart customXmlInsRangeEnd customXmlDelRangeStart customXmlDelRangeEnd "
    "customXmlMoveFromRangeStart customXmlMoveFromRangeEnd customXmlMoveToRangeStart customXmlMoveToRangeEnd pgNum".split()
)
_CHARACTERS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_CLOCK_ELEMENTS = frozenset("dayShort monthShort yearShort dayLong monthLong yearLong".split())  # noqa: SIM905
_PRIVATE_AREA = range(0xF000, 0xF100)


class Runs:
    """Reads paragraphs one after the other; a field may begin in one and end in a later one."""

    def __init__(self, tally: Tally, note_mark: Callable[[str, str], str]) -> None:
        self._tally = tally
        self._note_mark = note_mark
        self._fields: list[OpenField] = []

    def text_of(self, paragraph: Element) -> str:
        """Everything of the paragraph that is seen and can be text."""
        text = "".join(self._text(paragraph, None))
        while self._fields and not self._fields[-1].has_result:
            self._end()  # a code without end would swallow the rest of the document
        return text

    def _text(self, element: Element, run: Element | None) -> Iterator[str]:
        name = local(element)
        if name == "t":
            yield from self._written(element.text or "", run)
        elif name in _CHARACTERS:
            yield from self._shown(_CHARACTERS[name])
        elif name == "br":
            yield from self._shown("" if attribute(element, "type") in {"page", "column"} else "\n")
        elif name == "sym":
            yield from self._sign(attribute(element, "font"), attribute(element, "char"))
        elif name in {"fldChar", "instrText", "fldSimple"}:
            yield from self._field(element, name)
        elif name in {"footnoteReference", "endnoteReference"}:
            yield from self._shown(self._note_mark(name.removesuffix("Reference"), attribute(element, "id")))
        elif not self.passes_over(element, name):
            yield from self._inside(element, name, run)

    def _inside(self, element: Element, name: str, run: Element | None) -> Iterator[str]:
        # Old programs read the second form of the same thing; one of them is enough.
        parts = list(element)[:1] if name == "AlternateContent" else element
        for part in parts:
            yield from self._text(part, child(element, "rPr") if name == "r" else run)

    def passes_over(self, element: Element, name: str) -> bool:
        """Whether nothing in the element is read; what an officer would see of it, and what we do not know, is counted."""
        if name in _WRAPPERS and name not in {"r", "sdt"}:
            if name in _REVISED:
                self._tally.add(LeftOut.REVISIONS)
            return False
        if name in _LEFT_OUT:
            has_text_box = any(local(part) == "txbxContent" for part in element.iter())
            self._tally.add(LeftOut.TEXT_BOXES if has_text_box else _LEFT_OUT[name])
        elif name == "r" and is_on(child(element, "rPr", "vanish")):
            self._tally.add(LeftOut.HIDDEN)
        elif name == "sdt" and is_on(child(element, "sdtPr", "showingPlcHdr")):
            self._tally.add(LeftOut.PLACEHOLDERS)
        elif name in _CLOCK_ELEMENTS:
            self._tally.add(LeftOut.FIELDS)
        elif name not in _UNSEEN:
            if name not in _WRAPPERS:
                self._tally.add(LeftOut.UNKNOWN, name)
            return False
        return True

    def _written(self, text: str, run: Element | None) -> Iterator[str]:
        """Letters of a run: signs where its font has signs for them, small figures where they stand above or below."""
        fonts = child(run, "rFonts")
        font = attribute(fonts, "ascii") if fonts is not None else ""
        if draws_signs(font) or any(ord(char) in _PRIVATE_AREA for char in text):
            for char in text:
                is_sign = draws_signs(font) or ord(char) in _PRIVATE_AREA
                yield from self._sign(font or "Wingdings", f"{ord(char):X}") if is_sign else self._shown(char)
            return
        position = value_of(run, "vertAlign")
        if position in {"superscript", "subscript"} and text.strip():
            small = raised(text, position)
            if small is None:
                self._tally.add(LeftOut.SCRIPTS)
            text = small or text
        yield from self._shown(text)

    def _sign(self, font: str, code: str) -> Iterator[str]:
        try:
            sign = sign_of(font, int(code, 16))
        except ValueError:
            sign = None
        if sign is None:
            self._tally.add(LeftOut.SYMBOLS)
        yield from self._shown(sign or "")

    def _field(self, element: Element, name: str) -> Iterator[str]:
        kind = attribute(element, "fldCharType")
        if name == "instrText":
            if self._fields:
                self._fields[-1].code += element.text or ""
        elif name == "fldSimple":
            self._fields.append(OpenField(code=attribute(element, "instr"), has_result=True))
            for part in element:
                yield from self._text(part, None)
            yield from self._end()
        elif kind == "begin":
            self._fields.append(OpenField(form=child(element, "ffData")))
        elif kind == "separate" and self._fields:
            self._fields[-1].has_result = True
        elif kind == "end" and self._fields:
            yield from self._end()

    def _end(self) -> Iterator[str]:
        field = self._fields.pop()
        if field.name in CLOCKS:
            self._tally.add(LeftOut.CLOCKS)
        if field.name in COUNTERS and not field.has_shown:
            self._tally.add(LeftOut.NUMBERS)
        elif not field.has_shown:
            shown = field.shown()
            if shown is None:
                self._tally.add(LeftOut.FORMULAS if field.name == "EQ" else LeftOut.FIELDS)
            return self._shown(shown or "")
        return iter(())

    def _shown(self, text: str) -> Iterator[str]:
        """Text that is seen, unless it stands in the code of a field."""
        for field in reversed(self._fields):
            if not field.has_result:
                field.code += text
                return
        if text.strip():
            for field in self._fields:
                field.has_shown = True
        if text:
            yield text
