"""Fields of a document: what an officer sees of them, kept by Word as a code with or without its result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from services.kernel.runtime.documents.reader.formats import enclosed
from services.kernel.runtime.documents.reader.package import attribute, child, local, value_of
from services.kernel.runtime.documents.reader.symbols import raised, sign_of

_SHOWS_NOTHING = frozenset(
    "PAGE NUMPAGES SECTIONPAGES TC XE RD TA SET ASK PRIVATE HYPERLINK TOC INDEX BIBLIOGRAPHY ADDIN FORMTEXT".split()  # noqa: SIM905
)
CLOCKS = frozenset({"DATE", "TIME", "SAVEDATE", "PRINTDATE"})
COUNTERS = frozenset({"SEQ", "LISTNUM", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT"})
_RING = re.compile(r"\\o\s*(?:\\a[clrd]\s*)*\(\s*([○〇◯Oo])\s*[,;，]\s*([^)]*?)\s*\)", re.IGNORECASE)
_FRACTION = re.compile(r"\\f\s*\(\s*([^(),\\]+)\s*[,;]\s*([^(),\\]+)\s*\)", re.IGNORECASE)
_ROOT = re.compile(r"\\r\s*\(\s*,?\s*([^(),\\]+)\s*\)", re.IGNORECASE)
_SCRIPT = re.compile(r"\\s\s*\\(up|do)\s*-?\d*\s*\(\s*([^()\\]+)\s*\)", re.IGNORECASE)
_SYMBOL = re.compile(r"SYMBOL\s+(0x[0-9a-f]+|\d+)(.*)", re.IGNORECASE | re.DOTALL)
_FONT = re.compile(r"\\f\s*\"?([^\"\\]+)\"?", re.IGNORECASE)


@dataclass
class OpenField:
    """A field whose end has not come yet: its code so far, and whether its result has begun and shown anything."""

    form: Element | None = None
    code: str = ""
    has_result: bool = False
    has_shown: bool = False

    @property
    def name(self) -> str:
        """What kind of field it is, in capitals."""
        return (self.code.split() or [""])[0].split("\\")[0].upper()

    def shown(self) -> str | None:
        """What is seen of a field without a result; None where we cannot tell."""
        if self.name == "FORMCHECKBOX":
            return _ticked(self.form)
        if self.name == "FORMDROPDOWN":
            return _chosen(self.form)
        if self.name == "EQ":
            return _equation(self.code.partition("\\")[1] + self.code.partition("\\")[2])
        if self.name == "SYMBOL":
            return _symbol(self.code)
        return "" if self.name in _SHOWS_NOTHING else None


def _ticked(form: Element | None) -> str | None:
    box = child(form, "checkBox")
    if box is None:
        return None
    ticked = child(box, "checked")
    switch = ticked if ticked is not None else child(box, "default")
    return "□" if switch is None or attribute(switch, "val") in {"0", "false", "off"} else "☑"


def _chosen(form: Element | None) -> str | None:
    choices = child(form, "ddList")
    if choices is None:
        return None
    entries = [attribute(entry, "val") for entry in choices if local(entry) == "listEntry"]
    chosen = value_of(choices, "result") or value_of(choices, "default") or "0"
    return entries[int(chosen)] if chosen.isascii() and chosen.isdigit() and int(chosen) < len(entries) else None


def _equation(code: str) -> str | None:
    """Enclosed numbers, and fractions, roots and scripts of one step; nothing else has a plain form."""
    code = code.strip()
    if ring := _RING.fullmatch(code):
        return enclosed(ring.group(2))
    if fraction := _FRACTION.fullmatch(code):
        return "/".join(fraction.groups())
    if root := _ROOT.fullmatch(code):
        return f"√{root.group(1)}"
    if script := _SCRIPT.fullmatch(code):
        return raised(script.group(2), "superscript" if script.group(1).lower() == "up" else "subscript")
    return None


def _symbol(code: str) -> str | None:
    found = _SYMBOL.search(code)
    if found is None:
        return None
    font = _FONT.search(found.group(2))
    number = int(found.group(1), 0) if found.group(1).lower().startswith("0x") else int(found.group(1)[:7])
    return sign_of(font.group(1) if font else "", number)
