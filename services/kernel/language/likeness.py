"""Near-duplicates: how alike two texts are, what they share, and in which figures they differ.

Figures are masked before comparing: the same text with other numbers is exactly what an editor wants to be shown, as a
repeated item or as the next report of one matter. Another unit's report of one event shares fewer words, but its figures.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from services.kernel.language.numbers import Quantity, beyond, find_quantities

NEAR_DUPLICATE_RATIO = 0.6
_REPOST_RATIO = 0.85
_SHARED_WORDS = 0.3
"""Of the shorter text's pairs of characters, where figures speak for one event as well; strangers share about a tenth."""
_TELLING_FIGURES = 2
_HALF = 0.5
_SHORTEST_SHARED = 5
_MOST_SHARED = 3
_MOST_TOLD = 3
_LONGEST_COMPARED = 1_000
_WORDS_BEFORE = 4
_DATED = frozenset({"year", "month", "days", "hour of day"})

_UNSPOKEN = re.compile(r"[\W_]+")
_CLAUSE = re.compile(r"[^\s，。；：、！？（）《》“”,;]*\Z")


class Alike(StrEnum):
    """How two texts are alike; the value is what an officer reads."""

    REPOST = "内容基本相同"
    EDITED = "同一稿件，有改动"
    SAME_EVENT = "可能是同一件事"


@dataclass(frozen=True)
class Likeness:
    """How alike an item is to another one: `ratio` of 0 to 1, phrases of both, and figures of one alone with the words around."""

    origin_id: str
    kind: Alike
    ratio: float
    shared: tuple[str, ...]
    only_here: tuple[str, ...]
    only_there: tuple[str, ...]

    @property
    def percent(self) -> int:
        """0 to 100; 100 only where no figure differs."""
        highest = 99 if self.only_here or self.only_there else 100
        return min(round(self.ratio * 100), highest)


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, blanks and punctuation aside, figures masked."""
    return _bigrams(text, find_quantities(text))


def _bigrams(text: str, figures: list[Quantity]) -> frozenset[str]:
    plain = _plain(text, figures)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def likeness_ratio(here: frozenset[str], there: frozenset[str]) -> float:
    """Shared bigrams of all bigrams (Jaccard); 0 where there is nothing to compare."""
    union = len(here | there)
    return len(here & there) / union if union else 0.0


def near_duplicates(text: str, others: Iterable[tuple[str, str]]) -> list[Likeness]:
    """Texts that are at least 60 % alike, or tell of one event in other words, most alike first; the first few with shared phrases.

    Args:
        others: Pairs of origin id and text (title and body).
    """
    figures = find_quantities(text)
    pairs = _bigrams(text, figures)
    found = [(other, _likeness(text, figures, pairs, origin_id, other)) for origin_id, other in others]
    alike = [(other, likeness) for other, likeness in found if likeness is not None]
    alike.sort(key=lambda entry: (-entry[1].ratio, entry[1].origin_id))
    told = [replace(likeness, shared=_shared(text, other)) for other, likeness in alike[:_MOST_TOLD]]
    return told + [likeness for _, likeness in alike[_MOST_TOLD:]]


def _likeness(text: str, figures: list[Quantity], pairs: frozenset[str], origin_id: str, other: str) -> Likeness | None:
    their_figures = find_quantities(other)
    their_pairs = _bigrams(other, their_figures)
    ratio = likeness_ratio(pairs, their_pairs)
    is_near = ratio >= NEAR_DUPLICATE_RATIO
    if not is_near and not _tell_of_one_event(figures, their_figures, pairs, their_pairs):
        return None
    only_here, only_there = _differing(text, other, figures, their_figures)
    if not is_near:
        kind = Alike.SAME_EVENT
    elif ratio >= _REPOST_RATIO and not (only_here or only_there):
        kind = Alike.REPOST
    else:
        kind = Alike.EDITED
    return Likeness(origin_id, kind, ratio, (), only_here, only_there)


def _tell_of_one_event(
    here: list[Quantity], there: list[Quantity], pairs: frozenset[str], their_pairs: frozenset[str]
) -> bool:
    """Whether the figures that tell a matter apart are mostly the same, and many of the words."""
    shorter = min(len(pairs), len(their_pairs))
    if not shorter or len(pairs & their_pairs) / shorter < _SHARED_WORDS:
        return False
    mine, theirs = ([figure for figure in side if _tells(figure)] for side in (here, there))
    shared = len(mine) - len(beyond(mine, theirs))
    return shared >= _TELLING_FIGURES and shared >= _HALF * min(len(mine), len(theirs))


def _tells(figure: Quantity) -> bool:
    """Dates are shared by all of a day's reports; 3处 by half of a year's."""
    return (
        figure.measure not in _DATED and not figure.is_weak and figure.number not in set("123456789一二三四五六七八九")
    )


def _differing(
    here: str, there: str, mine: list[Quantity], theirs: list[Quantity]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    mine, theirs = ([figure for figure in side if not figure.is_weak] for side in (mine, theirs))
    return _in_words(here, beyond(mine, theirs)), _in_words(there, beyond(theirs, mine))


def _in_words(text: str, figures: list[Quantity]) -> tuple[str, ...]:
    return tuple(
        _before(text, figure.start) + text[figure.start : figure.number_end] + figure.unit for figure in figures
    )


def _before(text: str, at: int) -> str:
    """The last words of the clause before a figure, up to the figure before."""
    clause = _CLAUSE.search(text[max(0, at - _WORDS_BEFORE) : at])
    return re.split(r"[0-9０-９.%]", clause.group())[-1] if clause else ""


def _shared(here: str, there: str) -> tuple[str, ...]:
    """The longest phrases that stand in both, in the order of the first."""
    one, other = here[:_LONGEST_COMPARED], there[:_LONGEST_COMPARED]
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    phrases = [
        (block.a, phrase) for block in blocks for phrase in [one[block.a : block.a + block.size].strip("\n，。；、 ")]
    ]
    longest = sorted(
        (entry for entry in phrases if len(entry[1]) >= _SHORTEST_SHARED), key=lambda entry: -len(entry[1])
    )
    return tuple(phrase for _, phrase in sorted(longest[:_MOST_SHARED]))


def _plain(text: str, figures: list[Quantity]) -> str:
    masked, at = [], 0
    for figure in figures:
        masked += [text[at : figure.start], "0"]
        at = figure.number_end
    return _UNSPOKEN.sub("", unicodedata.normalize("NFKC", "".join([*masked, text[at:]])))
