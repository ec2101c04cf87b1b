"""Chinese numerals read as numbers: 一百二十六, 两万三, 二〇二六, 三点五."""

from __future__ import annotations

from fractions import Fraction

DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    **{char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "〇": 0, "○": 0, "两": 2,
}  # fmt: skip
_TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_MYRIADS = (("亿億", 100_000_000), ("万萬", 10_000))
NUMERALS = "".join([*DIGITS, *_TENS, *(signs for signs, _ in _MYRIADS)])
_NO_NUMBER = frozenset({"一一", "三三两两"})
_LONGEST = 30


def chinese_value(text: str) -> Fraction | None:
    """What a numeral says; None for characters that make none, as 千万 or 五六十."""
    whole, point, decimals = text.partition("点")
    value = None if text in _NO_NUMBER or len(text) > _LONGEST else _whole(whole)
    if value is None or (point and not (decimals and set(decimals) <= set(DIGITS))):
        return None
    written = "".join(str(DIGITS[char]) for char in decimals)
    return value + (Fraction(int(written), 10 ** len(written)) if written else 0)


def _whole(text: str) -> Fraction | None:
    """The sections before 亿 and 万, and what follows them."""
    if text and set(text) <= set(DIGITS):
        return Fraction(int("".join(str(DIGITS[char]) for char in text)))
    total, rest, above = 0, text, None
    for signs, factor in _MYRIADS:
        before, sign, after = next((cut for sign in signs if (cut := rest.rpartition(sign))[1]), ("", "", rest))
        if sign:
            count = _whole(before)
            if count is None:
                return None
            total, rest, above = total + int(count) * factor, after, factor
    if above and not rest:
        return Fraction(total)
    last = _section(rest, above)
    return None if last is None else Fraction(total + last)


def _section(text: str, above: int | None) -> int | None:
    """A number below ten thousand; `above` is the unit before it, of which a last lone digit is a tenth: 两万三."""
    total, digit, unit, after_zero = 0, None, above or 100_000, False
    for char in text:
        if char not in _TENS and char not in DIGITS:
            return None
        if char in _TENS:
            if _TENS[char] >= unit or (digit is None and (total or above or _TENS[char] != 10)):
                return None
            unit = _TENS[char]
            total, digit, after_zero = total + (1 if digit is None else digit) * unit, None, False
        elif DIGITS[char] == 0:
            if digit is not None:
                return None
            after_zero = True
        elif digit is not None:
            return None
        else:
            digit = DIGITS[char]
    if digit is None:
        return None if after_zero or not total else total
    is_tenth = not after_zero and unit < 100_000 and unit > 10
    return total + digit * (unit // 10 if is_tenth else 1)
