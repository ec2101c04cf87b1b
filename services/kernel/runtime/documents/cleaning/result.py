"""What cleaning gives: the file that may go out, what stands in it, and what nobody has read."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.runtime.documents.cleaning.refusals import TooMuchText

MAX_CHARACTERS = 500_000


def named(names: str) -> frozenset[str]:
    """Names written in a row, as a set."""
    return frozenset(names.split())


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text and where it stands, in words; lines of it are separated by a line feed."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file as it may go out: its content, all text in it, and what could not be read as text (in Chinese)."""

    content: bytes
    passages: tuple[Passage, ...] = ()
    unread: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """What is not read in whole is not checked.

        Raises:
            TooMuchText: More than `MAX_CHARACTERS`.
        """
        if sum(len(one.text) for one in self.passages) > MAX_CHARACTERS:
            raise TooMuchText
