"""Hints for the confidentiality review: words and numbers to look at twice, never a decision."""

from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.kernel.language.sensitive import Found, as_read, find_numbers_of_persons, find_words, is_id_card_number

__all__ = ["Finding", "PatternHints", "SensitiveWords", "WordGroup", "is_id_card_number", "scan_text"]


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


@dataclass(frozen=True, slots=True)
class Finding(Found):
    """One place to look at, and why."""

    hint: str


def scan_text(text: str, words: SensitiveWords) -> list[Finding]:
    """Everything in the text that the list makes one look at, in the order of the text; see `kernel.language.sensitive`."""
    hints = {word: group.hint for group in words.words for word in group.words}
    patterns = words.patterns.model_dump()
    plain = as_read(text)
    found = [_with_hint(one, hints[word]) for one, word in find_words(text, hints, plain=plain)]
    numbers = find_numbers_of_persons(text, plain=plain)
    found += [_with_hint(one, hint) for one in numbers if (hint := patterns[one.kind])]
    return sorted(found, key=lambda finding: (finding.start, finding.end))


def _with_hint(found: Found, hint: str) -> Finding:
    return Finding(found.kind, found.start, found.end, found.text, hint)
