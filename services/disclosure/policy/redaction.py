"""How a text was changed since its reviewer saw it: cut where he marked it, or otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_BLACKED_OUT = frozenset("█■▇*×＊□ \t\n\u3000")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*|[〇零一二三四五六七八九十百千万亿]+")
_NEGATION = re.compile(r"[不未无非没否勿禁]")


def passages_left(text: str, passages: Sequence[str], spoken_beside: Sequence[str] = ()) -> list[str]:
    """The marked passages that still stand in a text, blanks and signs that black out put in or not.

    Args:
        spoken_beside: Further texts, already `spoken`.
    """
    texts = (spoken(text), *spoken_beside)
    return [one for one in passages if (words := spoken(one)) and any(words in text for text in texts)]


def changes_beyond(before: str, after: str, passages: Sequence[str] = ()) -> list[str]:
    """What was changed besides cutting the marked passages, in words; empty if nothing was.

    Figures and negations are named: one character of theirs turns the meaning.
    """
    expected = spoken(before)
    for passage in sorted(map(spoken, passages), key=len, reverse=True):
        expected = expected.replace(passage, "") if passage else expected
    given = spoken(after)
    if given == expected:
        return []
    found = ["正文的改动超出标明要删减的内容" if passages else "正文有改动"]
    if Counter(_FIGURE.findall(given)) != Counter(_FIGURE.findall(expected)):
        found.append("数字有变化")
    if Counter(_NEGATION.findall(given)) != Counter(_NEGATION.findall(expected)):
        found.append("“不、未、无”等否定词有变化")
    return found


def spoken(text: str) -> str:
    """A text without blanks and signs that black out, in its ordinary letters: what is compared."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(char for char in narrow if char not in _BLACKED_OUT)
