"""The part of a text that a reader searched for, with the words marked."""

import re
from dataclasses import dataclass

_BEFORE, _AFTER = 24, 70
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Snippet:
    """A piece of text; `is_hit` where it is what was searched for."""

    text: str
    is_hit: bool = False


def excerpt(text: str, query: str) -> list[Snippet]:
    """The surroundings of the first place where a word of the query stands; the beginning if none does."""
    plain = re.sub(r"\s+", " ", text).strip()
    words = sorted(set(_WORDS.findall(query)), key=len, reverse=True)
    if not words:
        return _cut(plain, 0)
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    first = pattern.search(plain)
    if first is None:
        return _cut(plain, 0)
    return _cut(plain, max(0, first.start() - _BEFORE), pattern)


def marked(text: str, query: str) -> list[Snippet]:
    """The whole of a short text with the words of the query marked."""
    words = sorted(set(_WORDS.findall(query)), key=len, reverse=True)
    return _pieces(text, re.compile("|".join(map(re.escape, words)), re.IGNORECASE)) if words else [Snippet(text)]


def _cut(plain: str, start: int, pattern: re.Pattern[str] | None = None) -> list[Snippet]:
    end = start + _BEFORE + _AFTER
    window = plain[start:end]
    pieces = _pieces(window, pattern) if pattern else [Snippet(window)] if window else []
    head = [Snippet("…")] if start else []
    return [*head, *pieces, *([Snippet("…")] if end < len(plain) else [])]


def _pieces(text: str, pattern: re.Pattern[str]) -> list[Snippet]:
    found, reached = [], 0
    for match in pattern.finditer(text):
        found += [Snippet(text[reached : match.start()]), Snippet(match.group(), is_hit=True)]
        reached = match.end()
    return [piece for piece in [*found, Snippet(text[reached:])] if piece.text]
