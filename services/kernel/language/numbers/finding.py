"""Where numbers stand in a text, and what each says with its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from services.kernel.language.numbers.chinese import DIGITS, NUMERALS, chinese_value
from services.kernel.language.numbers.units import MEASURES, UNIT, WORD_AFTER

_FOLD = {
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    **dict.fromkeys(map(ord, "−－﹣–"), "-"), ord("．"): ".", ord("％"): "%", ord("﹪"): "%", ord("＋"): "+",
}  # fmt: skip
_CHAR = f"[{NUMERALS}]"
_DIGIT = f"[{''.join(DIGITS)}]"
_SCALE = "(?:[百千]?[万亿]+|[百千](?![瓦克米帕卡伏分]))"
_ARABIC = r"[0-9]+(?:[.][0-9]+|,[0-9]{3}(?![0-9]))*"
# A dash is a sign where nothing stands before it that it could reach from: 3-5天, 20日-25日 and 0471-6123456 are spans.
_SIGN = (
    r"(?:(?<![0-9A-Za-z%‰.)）〕\]℃年月日时分秒点号期级度天万亿千百十元米里亩吨户人个名次件—-])[-+]"
    r"|(?<![担肩欠胜自抱])负(?=[0-9一二三四五六七八九十百])|零下(?=[0-9一二三四五六七八九十]))"
)
_TENTHS = r"(?:成(?![为立员本果功效品都年绩长就套人绩])[一二三四五六七八九半0-9]?)"
_NUMBER = re.compile(
    rf"{_SIGN}?(?:(?P<of>[百千万])分之(?P<part>{_ARABIC}|{_CHAR}+(?:点{_DIGIT}+)?)"
    rf"|(?P<arabic>{_ARABIC})(?:(?P<tenths>{_TENTHS})"
    rf"|(?P<scale>{_SCALE}(?:[0-9]+(?:[.][0-9]+)?(?:{_SCALE})|[0-9]{{4}}(?![0-9]))*)?(?P<share>[%‰‱])?)"
    rf"|(?P<chinese_tenths>[一二两三四五六七八九])(?P<more>{_TENTHS})"
    rf"|(?P<chinese>{_CHAR}+(?:点{_DIGIT}+)?))"
)
_PARTS = re.compile(rf"({_ARABIC})({_SCALE})?")
_SIZES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_SHARES = {"%": 100, "‰": 1000, "‱": 10_000, "百": 100, "千": 1000, "万": 10_000}
_LONGEST = 30
_TOGETHER = re.compile("[事案火交溺警较重特突生刑安]")
_IDIOM = re.compile("第?一时间|.?一(?:时[之难半]|点[也儿都])")
_HAPPENED = frozenset("生报处破了现")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, which stands in [start, end) of the text; the number itself ends at `number_end`.

    `value` is in the base unit of `measure`, "" of which is a mere count; a number that cannot be reckoned with (a dotted
    date, a row of fifty digits) is its own value. `is_weak`: 一 before a counter, as in 一个, which often counts nothing.
    """

    start: int
    end: int
    number_end: int
    number: str
    unit: str
    value: Fraction | str
    measure: str
    is_weak: bool = False


def fold_digits(text: str) -> str:
    """Full-width digits, points, signs and the kinds of dash in their plain form, character by character."""
    return text.translate(_FOLD)


def find_numbers(text: str) -> Iterator[tuple[int, int, Fraction | str, str]]:
    """Start, end, value and measure ("share" or "") of every number, a lone numeral only where a unit follows it."""
    folded = fold_digits(text)
    for match in _NUMBER.finditer(folded):
        read = _read(match)
        if read is not None and (match["arabic"] or _counts(folded, match)):
            yield match.start(), match.end(), *read


def find_quantities(text: str) -> list[Quantity]:
    """Every number of the text with what it counts or measures, in the order of the text."""
    return [_with_unit(text, *found) for found in find_numbers(text)]


def _with_unit(text: str, start: int, end: int, value: Fraction | str, measure: str) -> Quantity:
    number = text[start:end]
    found = UNIT.match(text, end)
    after = WORD_AFTER.match(text, end)
    if measure or found is None:
        return Quantity(start, end, end, number, after.group() if after else "", value, measure)
    unit = found.group(1)
    kind, size = MEASURES.get(unit, ("", Fraction(1)))
    is_weak = number == "一" and not kind
    reckoned = value * size if isinstance(value, Fraction) else value
    return Quantity(start, found.end(), end, number, found.group(), reckoned, kind, is_weak)


def _counts(text: str, match: re.Match[str]) -> bool:
    """Whether a numeral in characters counts something: 三起, not 统一 nor 二十大; 一起 only of what happens."""
    if len(match.group()) > 1:
        return text[match.end() : match.end() + 1] != "大"
    unit = UNIT.match(text, match.end())
    if unit is None or (match.group() == "一" and _IDIOM.match(text, max(match.start() - 1, 0))):
        return False
    if match.group() == "一" and unit.group() == "起":
        return text[match.start() - 1 : match.start()] in _HAPPENED or bool(_TOGETHER.match(text, unit.end()))
    return True


def _read(match: re.Match[str]) -> tuple[Fraction | str, str] | None:
    is_negative = match.group()[0] in "-负" or match.group().startswith("零下")
    value: Fraction | str | None
    if match["of"]:
        value, measure = _plain(match["part"]), "share"
        value = value / _SHARES[match["of"]] if isinstance(value, Fraction) else value
    elif tenths := match["tenths"] or match["more"]:
        value, measure = _plain(match["arabic"] or match["chinese_tenths"]), "share"
        last = tenths[1:]
        more = Fraction(5) if last == "半" else Fraction(DIGITS.get(last) or int(last)) if last else Fraction(0)
        value = (value + more / 10) / 10 if isinstance(value, Fraction) else value
    elif match["arabic"]:
        value, measure = _reckoned(match["arabic"] + (match["scale"] or "")), ""
        if match["share"] and isinstance(value, Fraction):
            value, measure = value / _SHARES[match["share"]], "share"
    else:
        value, measure = chinese_value(match["chinese"]), ""
    if value is None:
        return None
    if is_negative:
        value = -value if isinstance(value, Fraction) else f"-{value}"
    return value, measure


def _plain(text: str) -> Fraction | str | None:
    return _reckoned(text) if text[0].isascii() else chinese_value(text)


def _reckoned(text: str) -> Fraction | str:
    total = Fraction(0)
    for digits, scale in _PARTS.findall(text):
        plain = digits.replace(",", "")
        if len(plain) > _LONGEST or plain.count(".") > 1:
            return text.replace(",", "")
        size = 1
        for sign in scale:
            size *= _SIZES[sign]
        total += Fraction(plain) * size
    return total
