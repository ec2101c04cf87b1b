"""Personal data and secrecy marks in a text: numbers of citizens, mobile telephones, bank cards, 绝密★; words of a list.

A finding is a reason to look twice, never a decision.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

FindingKind = Literal["word", "id_card", "mobile_phone", "bank_card", "secrecy_mark"]
NUMBERS: tuple[FindingKind, ...] = ("id_card", "mobile_phone", "bank_card")

KIND_LABELS: dict[FindingKind, str] = {
    "word": "敏感词", "id_card": "居民身份证号码", "mobile_phone": "手机号码", "bank_card": "银行卡号", "secrecy_mark": "密级或内部标志",
}  # fmt: skip

# The patterns read a copy in which whatever may stand inside a word or number without parting it is a blank. Sentence
# marks and commas are not among it: they part what does not belong together, as two figures of an enumeration.
_JOINERS = frozenset("-\u2010\u2011\u2012\u2013\u2212\u00b7\u2022\u2027\u2219\u22c5\u30fb._*~/|")
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_LONE_DASH = re.compile("(?<!—)—(?!—)")
_GAP = " {0,4}"
_ID_CARD = re.compile(
    rf"(?<![0-9])(?=([1-9](?:{_GAP}\d){{5}}{_GAP}(?:1{_GAP}9|2{_GAP}0)(?:{_GAP}\d){{9}}{_GAP}[0-9Xx])(?![0-9A-Za-z]))"
)
_SPACED_OUT = rf"(?<![0-9] )(?<![0-9]  )1 {{1,4}}[3-9](?: {{1,4}}\d){{9}}(?!{_GAP}[0-9])"
_MOBILE = re.compile(rf"(?<![0-9])(?:\+?86{_GAP}(?=1\d))?(1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|{_SPACED_OUT})(?![0-9])")
_BANK_CARD = re.compile(rf"(?<![0-9])(?=([3-69]\d{{3}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?)(?![0-9]))")
_DIGIT = re.compile(r"[0-9]")
_FEWEST_DIGITS = 11
"""Of the shortest number that is looked for, a telephone's."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
# A level alone is a word of many sentences (国家秘密); a mark has a star or a term behind it, or stands by itself.
_MARK = re.compile(
    r"(?:绝 *密|机 *密|秘 *密)(?: *[★☆]| *(?:\d+|[一二三五十]+) *(?:年|个 *月)(?!来)| *级(?![别以]))"
    r"|(?m:^ *(?:绝 *密|机 *密|秘 *密) *$)|密 *级 *[:：] *(?:绝|机|秘) *密"
    r"|内 *部 *(?:资 *料|文 *件|使 *用|材 *料|传 *阅|参 *考|刊 *物|明 *电)|注 *意 *保 *存|(?:不 *得|严 *禁) *外 *传"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One place to look at: half-open [start, end) in the text."""

    kind: FindingKind
    start: int
    end: int
    text: str

    @property
    def masked(self) -> str:
        """The finding as it may be stored or shown elsewhere: numbers without their middle."""
        if self.kind not in NUMBERS:
            return self.text
        return f"{self.text[:3]}{'*' * (len(self.text) - 7)}{self.text[-4:]}"


def find_sensitive(text: str, *, known_phones: Collection[str] = ()) -> list[Found]:
    """Personal data and marks in a text, in its order.

    Full-width digits do not hide a number, nor do blanks, hyphens, dots and characters that nobody sees hide a number or
    mark that they stand in.

    Args:
        known_phones: Numbers that belong there, as the contact's; they are not reported, however they are written.
    """
    plain = as_read(text)
    known = {_digits(phone)[-11:] for phone in known_phones}
    found = [*_numbers(text, plain), *(_found("secrecy_mark", text, *match.span()) for match in _MARK.finditer(plain))]
    wanted = (one for one in found if one.kind != "mobile_phone" or _digits(one.text)[-11:] not in known)
    return sorted(wanted, key=lambda one: (one.start, one.end))


def find_numbers_of_persons(text: str, *, plain: str = "") -> list[Found]:
    """Numbers of citizens, mobile telephones and bank cards alone; `plain` is the text `as_read`, where it is known."""
    return list(_numbers(text, plain or as_read(text)))


def find_words(text: str, words: Iterable[str], *, plain: str = "") -> list[tuple[Found, str]]:
    """The words of a list in a text, each with the word as the list has it; of words within words only the longest."""
    by_squeezed = {_squeeze(word): word for word in sorted(words, key=len, reverse=True)}
    if not by_squeezed:
        return []
    spoken = [(at, char) for at, char in enumerate(plain or as_read(text)) if char != " "]
    places = [at for at, _ in spoken]
    squeezed = "".join(char for _, char in spoken)
    pattern = re.compile("|".join(map(re.escape, sorted(by_squeezed, key=len, reverse=True))))
    return [
        (_found("word", text, places[match.start()], places[match.end() - 1] + 1), by_squeezed[match.group()])
        for match in pattern.finditer(squeezed)
    ]


def _numbers(text: str, plain: str) -> Iterator[Found]:
    if len(_DIGIT.findall(plain)) < _FEWEST_DIGITS:
        return
    for match in _ID_CARD.finditer(plain):
        if is_id_card_number(match.group(1)):
            yield _found("id_card", text, *match.span(1))
    for match in _MOBILE.finditer(plain):
        yield _found("mobile_phone", text, *match.span(1))
    for match in _BANK_CARD.finditer(plain):
        if is_bank_card_number(match.group(1)) and not is_id_card_number(match.group(1)):
            yield _found("bank_card", text, *match.span(1))


def as_read(text: str) -> str:
    """The copy that the patterns read, character by character of the text."""
    return _LONE_DASH.sub(" ", "".join(map(_read, text)))


def _digits(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isdecimal())


def is_id_card_number(number: str) -> bool:
    """Whether 18 characters are a citizen's number: a real date of birth and the check digit.

    Source: GB 11643-1999.
    """
    number = number.replace(" ", "").upper()
    if not re.fullmatch(r"\d{17}[0-9X]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11] == number[17]


def is_bank_card_number(number: str) -> bool:
    """Whether 16 to 19 digits end in the check digit of a bank card.

    Source: ISO/IEC 7812-1, annex B (Luhn).
    """
    digits = [int(char) for char in reversed(number) if char.isdecimal()]
    doubled = (divmod(2 * digit, 10) for digit in digits[1::2])
    return 16 <= len(digits) <= 19 and (sum(digits[::2]) + sum(map(sum, doubled))) % 10 == 0


@lru_cache(maxsize=1 << 16)
def _read(char: str) -> str:
    """The character as the patterns read it: in its ordinary form, if that is one character; a blank for what parts nothing."""
    narrowed = unicodedata.normalize("NFKC", char)
    narrowed = narrowed if len(narrowed) == 1 else char
    is_apart = narrowed in _JOINERS or char in _BLANK_LETTERS or unicodedata.category(narrowed) in {"Cf", "Mn", "Me"}
    # A word may be spaced out on its line but does not run over from one paragraph to the next.
    return " " if is_apart or (narrowed.isspace() and narrowed != "\n") else narrowed


def _squeeze(word: str) -> str:
    """The word as it stands in the copy without blanks; one of nothing but signs stays, and is not found."""
    return "".join(map(_read, word)).replace(" ", "") or word


def _found(kind: FindingKind, text: str, start: int, end: int) -> Found:
    return Found(kind, start, end, text[start:end])
