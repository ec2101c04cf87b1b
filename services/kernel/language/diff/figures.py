"""Which numbers changed between two versions of a paragraph, with the unit that follows each."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from services.kernel.language.diff.result import FigureChange
from services.kernel.language.diff.words import Segment, is_figure

_UNIT = re.compile(r"个百分点|平方公里|平方米|立方米|工作日|毫米|厘米|公里|公斤|公顷|小时|分钟|[^\W\d_a-zA-Z]")


@dataclass(frozen=True)
class Figure:
    """A number and the word after it."""

    text: str
    unit: str

    @property
    def value(self) -> str:
        """The number in plain digits, so that １２ and 1,200 equal 12 and 1200."""
        return plain(self.text)


def plain(figure: str) -> str:
    """A figure with half-width digits and without separators of thousands."""
    return unicodedata.normalize("NFKC", figure).replace(",", "")


def differing(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether `mine` holds a number that `theirs` does not."""
    return bool(_values(mine) - _values(theirs))


def _values(words: Sequence[str]) -> Counter[str]:
    return Counter(plain(word) for word in words if is_figure(word))


def changes_in(segments: Sequence[Segment], paragraph: int) -> Iterator[FigureChange]:
    """The numbers that differ, in reading order; matched by unit where their count differs too."""
    for index, segment in enumerate(segments):
        if segment.is_equal:
            continue
        following = segments[index + 1] if index + 1 < len(segments) else Segment(True, [], [])
        gone = _figures(segment.old, following.old)
        come = _figures(segment.new, following.new)
        for old, new in _pairs(_without(gone, come), _without(come, gone)):
            unit = next(figure.unit for figure in (new, old) if figure)
            yield FigureChange(old.text if old else None, new.text if new else None, unit, paragraph)


def _figures(words: list[str], following: list[str]) -> list[Figure]:
    return [
        Figure(word, _unit("".join((words[i + 1 : i + 6] + following[:5])[:5])))
        for i, word in enumerate(words)
        if is_figure(word)
    ]


def _unit(text: str) -> str:
    match = _UNIT.match(text)
    return match.group() if match else ""


def _without(figures: list[Figure], others: list[Figure]) -> list[Figure]:
    """Those whose value is not on the other side as well."""
    there = Counter(figure.value for figure in others)
    rest = []
    for figure in figures:
        if there[figure.value]:
            there[figure.value] -= 1
        else:
            rest.append(figure)
    return rest


def _pairs(gone: list[Figure], come: list[Figure]) -> Iterator[tuple[Figure | None, Figure | None]]:
    if len(gone) == len(come):
        yield from zip(gone, come, strict=True)
        return
    waiting = list(come)
    for figure in gone:
        same_unit = next((other for other in waiting if other.unit == figure.unit), None)
        if same_unit:
            waiting.remove(same_unit)
        yield figure, same_unit
    yield from zip_longest([], waiting)
