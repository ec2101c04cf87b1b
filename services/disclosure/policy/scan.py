"""Hints for the confidentiality review: words and numbers to look at twice, never a decision."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.kernel.language.rule_file import read_rules

FindingKind = Literal["word", "id_card", "mobile_phone", "bank_card"]

_ID_CARD = re.compile(r"(?<![0-9])[1-9]\d{5} ?(?:19|20)\d{6} ?\d{3}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![0-9])")
_BANK_CARD = re.compile(r"(?<![0-9])[3-69]\d{3}(?:[- ]?\d{4}){3}(?:[- ]?\d{1,3})?(?![0-9])")
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


def read_sensitive_words(text: str) -> SensitiveWords:
    """Read and check a word list.

    Raises:
        RuleFileIsInvalid: In Chinese, naming the field.
    """
    return read_rules(text, SensitiveWords)


def scan_text(text: str, words: SensitiveWords) -> list[Finding]:
    """Everything in the text that the list makes one look at, in the order of the text.

    Of words within words only the longest is reported. Full-width digits and blanks inside a
    word do not hide it.
    """
    plain = "".join(map(_narrow, text))
    found = _word_findings(text, plain, words)
    if words.patterns.id_card:
        found += [
            _finding("id_card", text, match.start(), match.end(), words.patterns.id_card)
            for match in _ID_CARD.finditer(plain)
            if is_id_card_number(match.group())
        ]
    if words.patterns.mobile_phone:
        found += [
            _finding("mobile_phone", text, match.start(1), match.end(1), words.patterns.mobile_phone)
            for match in _MOBILE.finditer(plain)
        ]
    if words.patterns.bank_card:
        found += [
            _finding("bank_card", text, match.start(), match.end(), words.patterns.bank_card)
            for match in _BANK_CARD.finditer(plain)
            if is_bank_card_number(match.group()) and not is_id_card_number(match.group())
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


def _narrow(char: str) -> str:
    """The ordinary form of a full-width character, if it is one character as well."""
    narrowed = unicodedata.normalize("NFKC", char)
    return narrowed if len(narrowed) == 1 else char


def _word_findings(text: str, plain: str, words: SensitiveWords) -> list[Finding]:
    hints = {word: group.hint for group in words.words for word in group.words}
    if not hints:
        return []
    longest_first = sorted(hints, key=len, reverse=True)
    spoken = [(at, char) for at, char in enumerate(plain) if not _is_blank(char)]
    places = [at for at, _ in spoken]
    squeezed = "".join(char for _, char in spoken)
    pattern = re.compile("|".join(re.escape(_squeeze(word)) for word in longest_first))
    by_squeezed = {_squeeze(word): hint for word, hint in hints.items()}
    return [
        _finding(
            "word", text, places[match.start()], places[match.end() - 1] + 1,
            by_squeezed[match.group()],
        )
        for match in pattern.finditer(squeezed)
    ]  # fmt: skip


def _is_blank(char: str) -> bool:
    # A word may be spaced out on its line but does not run over from one paragraph to the next.
    return char.isspace() and char != "\n"


def _squeeze(word: str) -> str:
    return "".join(_narrow(char) for char in word if not _is_blank(char))


def _finding(kind: FindingKind, text: str, start: int, end: int, hint: str) -> Finding:
    return Finding(kind, start, end, text[start:end], hint)
