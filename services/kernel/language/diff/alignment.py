"""Which paragraph of the old text answers to which of the new; also used for sentences."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest

Pair = tuple[str | None, str | None]

_EXACT_CELLS = 40_000
"""Up to this many comparisons difflib may look at everything; its worst case is cubic."""
_PAIRING_CELLS = 900
_ALIKE = 0.2
"""Shared pairs of characters above which two paragraphs are versions of one; strangers share about 2 %."""


def align(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Pairs in reading order: equal ones, changed ones, and those that only one text has."""
    start = _common_prefix(old, new)
    end = _common_prefix(old[start:][::-1], new[start:][::-1])
    yield from zip(old[:start], new[:start], strict=True)
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    for is_equal, i1, i2, j1, j2 in _blocks(middle_old, middle_new):
        if is_equal:
            yield from zip(middle_old[i1:i2], middle_new[j1:j2], strict=True)
        else:
            yield from _pair(middle_old[i1:i2], middle_new[j1:j2])
    yield from zip(old[len(old) - end :], new[len(new) - end :], strict=True)


def common_edges(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many leading and how many further trailing elements are the same."""
    start = _common_prefix(old, new)
    return start, _common_prefix(old[start:][::-1], new[start:][::-1])


def _common_prefix(old: Sequence[str], new: Sequence[str]) -> int:
    for count, (a, b) in enumerate(zip(old, new, strict=False)):
        if a != b:
            return count
    return min(len(old), len(new))


Block = tuple[bool, int, int, int, int]


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """Runs (is_equal, i1, i2, j1, j2) that cover both sequences."""
    if len(old) * len(new) <= _EXACT_CELLS:
        yield from _exact_blocks(old, new, 0, 0)
        return
    anchors = [(-1, -1), *_anchors(old, new), (len(old), len(new))]
    for (i0, j0), (i, j) in pairwise(anchors):
        gap_old, gap_new = old[i0 + 1 : i], new[j0 + 1 : j]
        if len(gap_old) * len(gap_new) <= _EXACT_CELLS:
            yield from _exact_blocks(gap_old, gap_new, i0 + 1, j0 + 1)
        else:
            yield False, i0 + 1, i, j0 + 1, j
        if i < len(old):
            yield True, i, i + 1, j, j + 1


def _exact_blocks(old: Sequence[str], new: Sequence[str], i0: int, j0: int) -> Iterator[Block]:
    # Autojunk would call a repeated paragraph noise; these sequences are short enough without it.
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield tag == "equal", i0 + i1, i0 + i2, j0 + j1, j0 + j2


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Elements that occur once on each side, the longest choice of them that keeps its order on both."""
    once = {text for text, count in Counter(old).items() if count == 1}
    once &= {text for text, count in Counter(new).items() if count == 1}
    place = {text: j for j, text in enumerate(new) if text in once}
    return _longest_rising([(i, place[text]) for i, text in enumerate(old) if text in once])


def _longest_rising(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    tails: list[int] = []
    tail_index: list[int] = []
    previous: list[int] = []
    for index, (_, j) in enumerate(points):
        at = bisect_left(tails, j)
        previous.append(tail_index[at - 1] if at else -1)
        tails[at : at + 1] = [j]
        tail_index[at : at + 1] = [index]
    chosen: list[tuple[int, int]] = []
    index = tail_index[-1] if tail_index else -1
    while index >= 0:
        chosen.append(points[index])
        index = previous[index]
    return chosen[::-1]


def _pair(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Match rewritten paragraphs with what they became; a block of strangers is paired in order."""
    if len(old) == len(new) or not old or not new or len(old) * len(new) > _PAIRING_CELLS:
        yield from zip_longest(old, new)
        return
    i = j = 0
    for matched_i, matched_j in _best_matching(old, new):
        yield from _strangers(old[i:matched_i], new[j:matched_j])
        yield old[matched_i], new[matched_j]
        i, j = matched_i + 1, matched_j + 1
    yield from _strangers(old[i:], new[j:])


def _strangers(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
        return
    yield from ((text, None) for text in old)
    yield from ((None, text) for text in new)


def _best_matching(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs in order whose likeness adds up to the most (the classic table of two sequences)."""
    bigrams_old, bigrams_new = [_bigrams(text) for text in old], [_bigrams(text) for text in new]
    likeness = [[_alike(a, b) for b in bigrams_new] for a in bigrams_old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            with_pair = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] >= _ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], with_pair)
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _bigrams(text: str) -> Counter[str]:
    return Counter(first + second for first, second in pairwise(text))


def _alike(a: Counter[str], b: Counter[str]) -> float:
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0
