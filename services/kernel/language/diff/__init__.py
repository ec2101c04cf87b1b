"""What changed between two texts, as a reviewer of Chinese official prose needs to see it; pure.

Paragraphs are aligned first, then words inside them. A number with its decimals, % or 万 is one
word, and so is 一百二十六: 126 → 142 is one figure that replaced another, never digits exchanged.
A single character left over between two changes is drawn into them, unless it is a number, a
mark, or the unit between two numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.kernel.language.diff.alignment import align, common_edges
from services.kernel.language.diff.figures import SegmentFigures, changes_in, figures_in
from services.kernel.language.diff.result import (
    FigureChange,
    Kind,
    Op,
    ParagraphDiff,
    Piece,
    TextDiff,
)
from services.kernel.language.diff.words import Effort, Segment, compare, is_figure

__all__ = ["FigureChange", "Op", "ParagraphDiff", "Piece", "TextDiff", "common_edges", "diff_coarsely", "diff_texts"]


def diff_texts(before: str, after: str) -> TextDiff:
    """Compare two plain texts; about two seconds at most for texts of 100,000 characters."""
    effort = Effort()
    paragraphs: list[ParagraphDiff] = []
    figures: list[FigureChange] = []
    for old, new in align(before.split("\n"), after.split("\n")):
        segments = compare(old or "", new or "", effort)
        differing = figures_in(segments)
        figures.extend(changes_in(differing, len(paragraphs)))
        paragraphs.append(ParagraphDiff(old, new, _ops(segments, differing)))
    return TextDiff(tuple(paragraphs), tuple(figures))


def diff_coarsely(before: str, after: str) -> TextDiff:
    """Compare by whole paragraphs from both ends: in one pass and at most four parts, whatever the texts are."""
    old, new = before.split("\n"), after.split("\n")
    start, end = common_edges(old, new)
    sides: tuple[tuple[Kind, list[str]], ...] = (
        ("equal", old[:start]),
        ("delete", old[start : len(old) - end]),
        ("insert", new[start : len(new) - end]),
        ("equal", old[len(old) - end :]),
    )
    return TextDiff(tuple(_whole(kind, lines) for kind, lines in sides if lines), (), is_coarse=True)


def _whole(kind: Kind, lines: list[str]) -> ParagraphDiff:
    """Paragraphs that stayed, went or came together, as one."""
    text = "\n".join(lines)
    gone, came = kind != "insert", kind != "delete"
    return ParagraphDiff(text if gone else None, text if came else None, (Op(kind, (Piece(text),)),))


def _ops(segments: Sequence[Segment], figures: Sequence[SegmentFigures]) -> tuple[Op, ...]:
    ops: list[Op] = []
    for segment, differing in zip(segments, figures, strict=True):
        if segment.is_equal:
            ops.append(Op("equal", (Piece("".join(segment.old)),)))
            continue
        if segment.old:
            ops.append(Op("delete", _pieces(segment.old), bool(differing.gone)))
        if segment.new:
            ops.append(Op("insert", _pieces(segment.new), bool(differing.come)))
    return tuple(ops)


def _pieces(words: list[str]) -> tuple[Piece, ...]:
    """Words as pieces: figures by themselves, the text between them joined."""
    pieces: list[Piece] = []
    for word in words:
        if is_figure(word) or not pieces or pieces[-1].is_figure:
            pieces.append(Piece(word, is_figure(word)))
        else:
            pieces[-1] = Piece(pieces[-1].text + word)
    return tuple(pieces)
