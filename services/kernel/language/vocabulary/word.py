"""The shape of every word that officers read: a code, its Chinese label, where it comes from."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A closed list of codes, each with the Chinese label that is shown for it."""

    label: str
    source: str

    def __new__(cls, code: str, label: str = "", source: str = "") -> Self:
        """Make a member whose value is `code`; `source` names the rule that the word comes from.

        `label` has a default only because type checkers read `Role("clerk")` as this call.
        """
        word = str.__new__(cls, code)
        word._value_ = code
        word.label = label
        word.source = source
        return word
