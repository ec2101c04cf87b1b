"""How list numbers are written: every format that Chinese Word and WPS offer."""

from __future__ import annotations

import re
from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_LEGAL_TRADITIONAL = str.maketrans("一二三四五六七八九十百千", "壹貳參肆伍陸柒捌玖拾佰仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
LARGEST_WRITTEN_OUT = 9999


def chinese_number(number: int) -> str:
    """一 … 九千九百九十九, as in headings: 十一, not 一十一."""
    if not 0 < number <= LARGEST_WRITTEN_OUT:
        return str(number)
    written = _every_place(number)
    return written.removeprefix("一") if written.startswith("一十") else written


def enclosed(text: str) -> str | None:
    """A number, numeral or letter in a circle; None where no such character is."""
    if text.isascii() and text.isdigit() and len(text) <= 2:
        number = int(text)
        for first, code, last in ((0, 0x24EA, 0), (1, 0x2460, 20), (21, 0x3251, 35), (36, 0x32B1, 50)):
            if first <= number <= last:
                return chr(code + number - first)
    if len(text) == 1:
        for row, code in (
            ("一二三四五六七八九十", 0x3280),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0x24B6),
            ("上中下左右", 0x32A4),
        ):
            if text in row:
                return chr(code + row.index(text))
    return None


def _every_place(number: int) -> str:
    digits = str(number)
    written = "".join(
        _DIGITS[int(digit)] + ("千百十"[4 - place] if place > 1 else "") if digit != "0" else "零"
        for place, digit in zip(range(len(digits), 0, -1), digits, strict=True)
    )
    return re.sub("零+", "零", written).rstrip("零")


def _one_by_one(number: int) -> str:
    return str(number).translate(dict(zip(map(ord, "0123456789"), f"〇{_DIGITS[1:]}", strict=True)))


def _counted(number: int) -> str:
    """十一 and 九十九, but 一〇〇 from a hundred on."""
    return chinese_number(number) if number < 100 else _one_by_one(number)


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


def _row(first: int, last: int) -> Callable[[int], str]:
    """Signs of one row of Unicode, in brackets beyond its end."""
    return lambda number: chr(first + number - 1) if 1 <= number <= last else f"({number})"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _full_width(number: int) -> str:
    return str(number).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


def _circled(number: int) -> str:
    return enclosed(str(number)) or f"({number})"


FORMATS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("", "decimal", "decimalHalfWidth"), str),
    **dict.fromkeys(("chineseCounting", "taiwaneseCounting"), _counted),
    **dict.fromkeys(("chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand"), chinese_number),
    **dict.fromkeys(("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"), _one_by_one),
    "chineseLegalSimplified": lambda n: _every_place(n).translate(_LEGAL),
    **dict.fromkeys(("ideographLegalTraditional", "japaneseLegal"), lambda n: _every_place(n).translate(_LEGAL_TRADITIONAL)),
    "ideographTraditional": lambda n: _STEMS[(n - 1) % 10],
    "ideographZodiac": lambda n: _BRANCHES[(n - 1) % 12],
    "ideographZodiacTraditional": lambda n: _STEMS[(n - 1) % 10] + _BRANCHES[(n - 1) % 12],
    "ideographEnclosedCircle": _row(0x3280, 10),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _circled),
    "decimalEnclosedParen": _row(0x2474, 20),
    "decimalEnclosedFullstop": _row(0x2488, 20),
    "decimalZero": lambda n: f"{n:02}",
    **dict.fromkeys(("decimalFullWidth", "decimalFullWidth2"), _full_width),
    "numberInDash": lambda n: f"- {n} -",
    "ordinal": _ordinal,
    "upperLetter": _letter,
    "lowerLetter": lambda n: _letter(n).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
}  # fmt: skip
