"""Which numbers changed between two versions of a paragraph, by value and unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from services.kernel.language.diff.result import FigureChange
from services.kernel.language.diff.words import Segment
from services.kernel.language.numbers import Quantity, beyond, find_quantities


@dataclass(frozen=True, slots=True)
class SegmentFigures:
    """The numbers that went and those that came where a segment changed; none of them says the same as one on the other side."""

    gone: tuple[Quantity, ...] = ()
    come: tuple[Quantity, ...] = ()


def figures_in(segments: Sequence[Segment]) -> list[SegmentFigures]:
    """For every segment of a paragraph, the numbers whose value or unit is another now.

    A number is of the first changed segment that touches it or its unit: 12.5公里 and 12.5米 differ in the unit alone.
    """
    if all(segment.is_equal for segment in segments):
        return [SegmentFigures()] * len(segments)
    old = _touched(["".join(s.old) for s in segments], [s.is_equal for s in segments])
    new = _touched(["".join(s.new) for s in segments], [s.is_equal for s in segments])
    return [_without_weak(beyond(gone, come), beyond(come, gone)) for gone, come in zip(old, new, strict=True)]


def changes_in(figures: Sequence[SegmentFigures], paragraph: int) -> Iterator[FigureChange]:
    """The numbers that differ, in reading order; matched by unit where their count differs too."""
    for segment in figures:
        for old, new in _pairs(list(segment.gone), list(segment.come)):
            yield _change(old, new, paragraph)


def _touched(texts: list[str], are_equal: list[bool]) -> list[list[Quantity]]:
    """For every segment of one side, the numbers that begin in it or reach into it, and were in no changed one before."""
    quantities = find_quantities("".join(texts))
    found: list[list[Quantity]] = []
    start = first = 0
    for text, is_equal in zip(texts, are_equal, strict=True):
        end = start + len(text)
        while first < len(quantities) and quantities[first].end <= start:
            first += 1
        mine: list[Quantity] = []
        while not is_equal and first < len(quantities) and quantities[first].start < end:
            mine.append(quantities[first])
            first += 1
        found.append(mine)
        start = end
    return found


def _without_weak(gone: list[Quantity], come: list[Quantity]) -> SegmentFigures:
    """一个 that only came or only went says nothing in figures."""
    if gone and come:
        return SegmentFigures(tuple(gone), tuple(come))
    return SegmentFigures(tuple(q for q in gone if not q.is_weak), tuple(q for q in come if not q.is_weak))


def _change(old: Quantity | None, new: Quantity | None, paragraph: int) -> FigureChange:
    if old and new and old.unit != new.unit and (old.measure or new.measure):
        return FigureChange(old.number + old.unit, new.number + new.unit, "", paragraph)
    unit = next(quantity.unit for quantity in (new, old) if quantity)
    return FigureChange(old.number if old else None, new.number if new else None, unit, paragraph)


def _pairs(gone: list[Quantity], come: list[Quantity]) -> Iterator[tuple[Quantity | None, Quantity | None]]:
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
