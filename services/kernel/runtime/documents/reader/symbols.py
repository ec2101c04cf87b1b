"""Signs that a font draws in place of letters, and small figures above and below the line, as characters of their own."""

from __future__ import annotations

import unicodedata

_WINGDINGS = {
    0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "❑", 0x72: "❒", 0x74: "◆", 0x75: "◆", 0x76: "❖", 0x77: "◆",
    0x80: "⓪", **{0x81 + n: chr(0x2460 + n) for n in range(10)}, 0x8B: "⓿", **{0x8C + n: chr(0x2776 + n) for n in range(10)},
    0x9F: "•", 0xA1: "○", 0xA4: "◉", 0xA7: "■", 0xA8: "□", 0xAB: "★", 0xB6: "☆", 0xD8: "➢", 0xDC: "➲", 0xE0: "→", 0xDF: "←",
    0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑", 0x28: "☎", 0x2A: "✉",
    0x46: "☞", 0x4A: "☺", 0x4E: "☠",
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0x98: "●", 0xA2: "■", 0xA3: "□", 0x99: "○",
    0x6A: "⓪", **{0x6B + n: chr(0x2460 + n) for n in range(10)}, 0x2F: "✎",
}  # fmt: skip
_WEBDINGS = {0x61: "✓", 0x63: "□", 0x67: "■", 0x6E: "●", 0x72: "✗", 0x59: "♥"}
_SYMBOL = {
    0xB7: "•", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xA3: "≤", 0xB3: "≥", 0xB9: "≠", 0xBB: "≈", 0xB0: "°", 0xA5: "∞", 0xD6: "√",
    0xE5: "∑", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xA2: "′", 0xB2: "″", 0xD7: "⋅", 0xA1: "ϒ", 0xDE: "⇒",
    **dict(zip(
        b"abgdezhqiklmnxoprstufcywABGDEZHQIKLMNXOPRSTUFCYW",
        "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", strict=True)),
    **{code: chr(code) for code in b"0123456789 ()+,./:;<=>[]%&!|{}"},
}  # fmt: skip
_FONTS = {
    "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "wingdings 3": {}, "webdings": _WEBDINGS, "symbol": _SYMBOL,
}  # fmt: skip
_PRIVATE = 0xF000

_ABOVE = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_BELOW = str.maketrans("0123456789+-−=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓ")


def draws_signs(font: str) -> bool:
    """Whether a font has signs in place of letters."""
    return font.strip().lower() in _FONTS


def sign_of(font: str, code: int) -> str | None:
    """The character that looks like a font's sign; None where we know none."""
    signs = _FONTS.get(font.strip().lower())
    if signs is not None:
        return signs.get(code - _PRIVATE if code >= _PRIVATE else code)
    is_character = 0x20 <= code < 0x110000 and unicodedata.category(chr(code)) not in {"Co", "Cs", "Cc", "Cn"}
    return chr(code) if is_character else None


def raised(text: str, position: str) -> str | None:
    """Text above ("superscript") or below the line in characters of that kind; None where there are none."""
    table = _ABOVE if position == "superscript" else _BELOW
    return text.translate(table) if all(ord(char) in table for char in text) else None
