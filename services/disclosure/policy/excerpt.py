"""The part of a text that a reader searched for, with the words marked; bounded, for anybody may ask."""

import re
import unicodedata
from dataclasses import dataclass

SEARCHED = 20_000
"""How many characters of a text, from its beginning, an excerpt is taken from."""
MOST_WORDS = 8
"""How many words of a query are looked for and marked; of more, the longest."""

_BEFORE, _AFTER = 24, 70
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Snippet:
    """A piece of text; `is_hit` where it is what was searched for."""

    text: str
    is_hit: bool = False


def excerpt(text: str, query: str) -> list[Snippet]:
    """The surroundings of the first place where a word of the query stands; the beginning if none does.

    Args:
        text: Only its first `SEARCHED` characters are looked at.
        query: Whatever the reader typed; full-width letters and capitals are the same as others.
    """
    plain = re.sub(r"\s+", " ", text[:SEARCHED]).strip()
    words, folded = _words(query), _fold(plain)
    places = [at for at in map(folded.find, words) if at >= 0]
    if not places:
        return _cut(plain, 0)
    return _cut(plain, max(0, min(places) - _BEFORE), words)


def marked(text: str, query: str) -> list[Snippet]:
    """The whole of a short text with the words of the query marked."""
    return _pieces(text, _words(query))


def _words(query: str) -> list[str]:
    found = dict.fromkeys(_WORDS.findall(_fold(query)))
    return sorted(found, key=len, reverse=True)[:MOST_WORDS]


def _cut(plain: str, start: int, words: list[str] | None = None) -> list[Snippet]:
    end = start + _BEFORE + _AFTER
    pieces = _pieces(plain[start:end], words or [])
    head = [Snippet("…")] if start else []
    return [*head, *pieces, *([Snippet("…")] if end < len(plain) else [])]


def _pieces(text: str, words: list[str]) -> list[Snippet]:
    found, reached = [], 0
    pattern = re.compile("|".join(map(re.escape, words)))
    for match in pattern.finditer(_fold(text)) if words else ():
        found += [Snippet(text[reached : match.start()]), Snippet(text[match.start() : match.end()], is_hit=True)]
        reached = match.end()
    return [piece for piece in [*found, Snippet(text[reached:])] if piece.text]


class _Folded(dict[int, str]):
    """Each character's ordinary small form, worked out once; one that would become several stays."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code)).casefold()
        self[code] = plain if len(plain) == 1 else chr(code)
        return self[code]


_FOLDED = _Folded()


def _fold(text: str) -> str:
    """The text as it is compared: as long as it was, so that a place in it is the same place in the text."""
    return text.translate(_FOLDED)
