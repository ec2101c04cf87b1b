"""Automatic list numbers, counted as Word counts them and written out as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from services.kernel.runtime.documents.reader.package import attribute, child, local

_DIGITS = "零一二三四五六七八九"
_LARGEST_WRITTEN_OUT = 9999


def chinese_number(number: int) -> str:
    """一 … 九千九百九十九, as in headings: 十一, not 一十一."""
    if not 0 < number <= _LARGEST_WRITTEN_OUT:
        return str(number)
    digits = str(number)
    written = "".join(
        _DIGITS[int(digit)] + ("千百十"[4 - place] if place > 1 else "") if digit != "0" else "零"
        for place, digit in zip(range(len(digits), 0, -1), digits, strict=True)
    )
    written = re.sub("零+", "零", written).rstrip("零")
    return written.removeprefix("一") if written.startswith("一十") else written


def _letter(number: int) -> str:
    """A … Z, AA, BB, as Word goes on."""
    return chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    steps = {1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V"}
    written = ""
    for value, letters in {**steps, 4: "IV", 1: "I"}.items():
        count, number = divmod(number, value)
        written += letters * count
    return written


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else f"({number})"


_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese_number,
    "chineseCountingThousand": chinese_number,
    "japaneseCounting": chinese_number,
    "taiwaneseCountingThousand": chinese_number,
    "ideographTraditional": lambda n: "甲乙丙丁戊己庚辛壬癸"[(n - 1) % 10],
    "decimalZero": lambda n: f"{n:02}",
    "decimalFullWidth": lambda n: str(n).translate({ord("0") + d: 0xFF10 + d for d in range(10)}),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "upperLetter": _letter,
    "lowerLetter": lambda n: _letter(n).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
}


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    number_format: str
    text: str

    @staticmethod
    def of(element: Element) -> _Level:
        def value(name: str) -> str:
            found = child(element, name)
            return attribute(found, "val") if found is not None else ""

        return _Level(_count(value("start"), 1), value("numFmt"), value("lvlText"))


@dataclass
class Numbering:
    """The lists of one document and how far each has counted."""

    _lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _list_of: dict[str, str] = field(default_factory=dict)
    _restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    _counted: dict[str, dict[int, int]] = field(default_factory=dict)

    @staticmethod
    def of(root: Element | None) -> Numbering:
        """The lists that a numbering part defines; none without one."""
        numbering = Numbering()
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                numbering._lists[attribute(element, "abstractNumId")] = _levels(element)
            elif local(element) == "num":
                numbering._take_in_use(element)
        return numbering

    def label(self, list_id: str, level: int) -> str:
        """The number of the next paragraph at this level (0 is the outermost); "" for bullets."""
        used = self._list_of.get(list_id, "")
        levels = self._lists.get(used, {})
        if level not in levels:
            return ""
        counted = self._count(list_id, used, level)
        if levels[level].number_format in {"bullet", "none"}:
            return ""
        label = levels[level].text
        for outer in range(level + 1):
            if outer in levels:
                written = _FORMATS.get(levels[outer].number_format, str)(counted.get(outer, levels[outer].start))
                label = label.replace(f"%{outer + 1}", written)
        return f"{label} " if label[-1:].isalnum() else label

    def _take_in_use(self, element: Element) -> None:
        """A list in use names its definition and may start anew; overriding levels is rare and ignored."""
        list_id, definition = attribute(element, "numId"), child(element, "abstractNumId")
        if definition is not None:
            self._list_of[list_id] = attribute(definition, "val")
        self._restarts[list_id] = {
            _count(attribute(part, "ilvl"), 0): _count(attribute(start, "val"), 1)
            for part in element
            if (start := child(part, "startOverride")) is not None
        }

    def _count(self, list_id: str, used: str, level: int) -> dict[int, int]:
        """Lists that share a definition count on together, until one of them starts anew."""
        counted = self._counted.setdefault(used, {})
        for restarted, start in self._restarts.pop(list_id, {}).items():
            counted[restarted] = start - 1
        counted[level] = counted.get(level, self._lists[used][level].start - 1) + 1
        for inner in [other for other in counted if other > level]:
            del counted[inner]
        return counted


def _levels(definition: Element) -> dict[int, _Level]:
    return {_count(attribute(level, "ilvl"), 0): _Level.of(level) for level in definition if local(level) == "lvl"}


def _count(text: str, default: int) -> int:
    """A number from the file within what a list can have."""
    return min(int(text), _LARGEST_WRITTEN_OUT) if text.isascii() and text.isdigit() else default
