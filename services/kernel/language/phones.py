"""Telephone numbers as offices write them: one rule, wherever a number is asked for."""

from __future__ import annotations

import re

from services.kernel.language.characters import fold

_BETWEEN = "(?: ?- ?| )?"
_EXTENSION = r"(?:(?:转|转接|分机|内线|ext\.?|x|#)\s?\d{1,6}(?:[-、/]\d{1,6})?)"
_PLACE = r"(?:\s?\((?:[\u4e00-\u9fff]{1,6})\))"
_NUMBER = (
    r"(?:\+?\s?86[- ]?)?(?:\(\+?86\)\s?)?"
    rf"(?:\(0\d{{2,3}}\){_BETWEEN}|0\d{{2,3}}{_BETWEEN})?"
    rf"\d(?:{_BETWEEN}\d){{2,13}}"
    rf"(?:-\d{{1,6}})?{_PLACE}?\s?{_EXTENSION}?{_PLACE}?"
)
_LABEL = r"(?:(?:[\u4e00-\u9fff]{1,6})\s?[::]\s?)?"
_ONE = rf"{_LABEL}(?:{_NUMBER}|{_EXTENSION})"
_PHONES = re.compile(rf"{_ONE}(?:\s?[,;、/或及和]\s?{_ONE}|\s{_ONE})*", re.IGNORECASE)
_LONGEST = 60
_FEWEST_DIGITS = 5
_INTERNAL = re.compile(r"转|分机|内线|#|ext", re.IGNORECASE)

PHONE_HINT = "电话由数字组成，可带区号、短横、分机（转801）和说明（办），几个号码用顿号隔开。"


def is_phone(text: str) -> bool:
    """Whether a text is one telephone number or several: area code, extension, internal number, and whose it is in brackets.

    Judged after folding: full-width digits, every kind of dash and bracket are the plain ones.
    """
    plain = fold(text)
    digits = sum(char.isdigit() for char in plain)
    is_long_enough = digits >= _FEWEST_DIGITS or _INTERNAL.search(plain)
    return bool(is_long_enough and len(plain) <= _LONGEST and _PHONES.fullmatch(plain))
