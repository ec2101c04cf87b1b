"""Hints for the confidentiality review: words and numbers to look at twice, never a decision."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

FindingKind = Literal["word", "id_card", "mobile_phone", "bank_card"]

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
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WordGroup(_Row):
    """Words with one hint."""

    hint: str = Field(min_length=1)
    words: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _no_word_is_blank(self) -> Self:
        if not all(word.strip() for word in self.words):
            raise ValueError("words 中有空白的词")
        return self


class PatternHints(_Row):
    """Hints for the built-in patterns; an empty one switches its pattern off."""

    id_card: str = ""
    mobile_phone: str = ""
    bank_card: str = ""


class SensitiveWords(_Row):
    """The word list of a node."""

    words: tuple[WordGroup, ...] = ()
    patterns: PatternHints = PatternHints()


@dataclass(frozen=True)
class Finding:
    """One place to look at: half-open [start, end) in the text, and why."""

    kind: FindingKind
    start: int
    end: int
    text: str
    hint: str

    @property
    def masked(self) -> str:
        """The finding as it may be stored or shown elsewhere: numbers without their middle."""
        if self.kind == "word":
            return self.text
        return f"{self.text[:3]}{'*' * (len(self.text) - 7)}{self.text[-4:]}"


def scan_text(text: str, words: SensitiveWords) -> list[Finding]:
    """Everything in the text that the list makes one look at, in the order of the text.

    Of words within words only the longest is reported. Full-width digits do not hide a number, nor
    do blanks, hyphens, dots and characters that nobody sees hide a word or number that they stand in.
    """
    plain = _LONE_DASH.sub(" ", "".join(map(_read, text)))
    found = _word_findings(text, plain, words)
    if words.patterns.id_card:
        found += [
            _finding("id_card", text, match.start(1), match.end(1), words.patterns.id_card)
            for match in _ID_CARD.finditer(plain)
            if is_id_card_number(match.group(1))
        ]
    if words.patterns.mobile_phone:
        found += [
            _finding("mobile_phone", text, match.start(1), match.end(1), words.patterns.mobile_phone)
            for match in _MOBILE.finditer(plain)
        ]
    if words.patterns.bank_card:
        found += [
            _finding("bank_card", text, match.start(1), match.end(1), words.patterns.bank_card)
            for match in _BANK_CARD.finditer(plain)
            if is_bank_card_number(match.group(1)) and not is_id_card_number(match.group(1))
        ]
    return sorted(found, key=lambda finding: (finding.start, finding.end))


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


def _word_findings(text: str, plain: str, words: SensitiveWords) -> list[Finding]:
    hints = {word: group.hint for group in words.words for word in group.words}
    if not hints:
        return []
    longest_first = sorted(hints, key=len, reverse=True)
    spoken = [(at, char) for at, char in enumerate(plain) if char != " "]
    places = [at for at, _ in spoken]
    squeezed = "".join(char for _, char in spoken)
    by_squeezed = {_squeeze(word): hints[word] for word in longest_first}
    pattern = re.compile("|".join(map(re.escape, sorted(by_squeezed, key=len, reverse=True))))
    return [
        _finding(
            "word", text, places[match.start()], places[match.end() - 1] + 1,
            by_squeezed[match.group()],
        )
        for match in pattern.finditer(squeezed)
    ]  # fmt: skip


def _squeeze(word: str) -> str:
    """The word as it stands in the copy without blanks; one of nothing but signs stays, and is not found."""
    return "".join(map(_read, word)).replace(" ", "") or word


def _finding(kind: FindingKind, text: str, start: int, end: int, hint: str) -> Finding:
    return Finding(kind, start, end, text[start:end], hint)
