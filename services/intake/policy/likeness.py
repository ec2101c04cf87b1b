"""Near-duplicates: how alike two texts are, and in which figures they differ.

Figures are masked before comparing: the same text with other numbers is exactly what an editor
wants to be shown, as a repeated item or as the next report of one matter.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

NEAR_DUPLICATE_RATIO = 0.6

_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?(?:%|‰|万|亿)?")
_UNSPOKEN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Likeness:
    """How alike an item is to another one: `ratio` of 0 to 1, and figures only in one of them."""

    origin_id: str
    ratio: float
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, blanks and punctuation aside, figures masked."""
    plain = _UNSPOKEN.sub("", _FIGURE.sub("0", unicodedata.normalize("NFKC", text)))
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def likeness_ratio(here: frozenset[str], there: frozenset[str]) -> float:
    """Shared bigrams of all bigrams (Jaccard); 0 where there is nothing to compare."""
    union = len(here | there)
    return len(here & there) / union if union else 0.0


def differing_figures(here: str, there: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Figures that only the one and only the other text has, in the order of the text."""
    mine, theirs = _figures(here), _figures(there)
    return _beyond(mine, theirs), _beyond(theirs, mine)


def near_duplicates(text: str, others: Iterable[tuple[str, str]]) -> list[Likeness]:
    """Texts that are at least 60 % alike, most alike first.

    Args:
        others: Pairs of origin id and text (title and body).
    """
    here = bigrams(text)
    ratios = ((origin_id, other, likeness_ratio(here, bigrams(other))) for origin_id, other in others)
    alike = [
        Likeness(origin_id, ratio, *differing_figures(text, other))
        for origin_id, other, ratio in ratios
        if ratio >= NEAR_DUPLICATE_RATIO
    ]
    return sorted(alike, key=lambda found: (-found.ratio, found.origin_id))


def _figures(text: str) -> list[str]:
    found = _FIGURE.findall(unicodedata.normalize("NFKC", text))
    return [figure.replace(",", "") for figure in found]


def _beyond(figures: list[str], others: list[str]) -> tuple[str, ...]:
    left = Counter(others)
    beyond = []
    for figure in figures:
        if left[figure]:
            left[figure] -= 1
        else:
            beyond.append(figure)
    return tuple(beyond)
