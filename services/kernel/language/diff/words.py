"""What changed inside one paragraph: words compared, noise drawn together, figures kept whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.kernel.language.diff.alignment import align, common_edges
from services.kernel.language.numbers import find_numbers

_WORD = re.compile(r"[A-Za-z]+|\s+|.", re.DOTALL)
_MARK = re.compile(r"[\s,;:!?()，；：！？（）、。《》“”]+\Z")
_SENTENCE = re.compile(r"[^。；！？]*[。；！？]|[^。；！？]+")

_LONGEST_PARAGRAPH = 1_500
_TOTAL_EFFORT = 1_000_000
_LEAST_ALIKE = 0.3
_SHORT = 8
_LONGEST_SLIDE = 20


@dataclass
class Effort:
    """How much comparing one request may still do; what comes after is shown as replaced whole.

    difflib's work grows with the pairs of equal words, so those are counted before it starts:
    100,000 characters of real prose cost about a fifth of the total, only degenerate text runs out.
    """

    left: int = _TOTAL_EFFORT

    def allows(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether comparing these is within what is left; takes it off."""
        counts = Counter(new)
        self.left -= sum(count * counts[word] for word, count in Counter(old).items())
        return self.left >= 0


@dataclass
class Segment:
    """A run of words that is the same on both sides, or what stood and what stands in its place."""

    is_equal: bool
    old: list[str]
    new: list[str]


def words_of(text: str) -> list[str]:
    """The words of a text: whole numbers, Latin words, white space, single characters."""
    words: list[str] = []
    at = 0
    for start, end, *_ in find_numbers(text):
        words.extend(_WORD.findall(text, at, start))
        words.append(text[start:end])
        at = end
    return words + _WORD.findall(text, at)


def is_figure(word: str) -> bool:
    """Whether a word is a number by itself; a lone 三 is one only beside what it counts."""
    return any((start, end) == (0, len(word)) for start, end, *_ in find_numbers(word))


def compare(old: str, new: str, effort: Effort) -> list[Segment]:
    """The segments of one paragraph, equal and changed in turn."""
    segments: list[Segment] = []
    for part_old, part_new in _parts(old, new):
        for segment in _compare_words(words_of(part_old), words_of(part_new), effort):
            _append(segments, segment)
    return segments


def _parts(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The paragraph itself, or its sentences where it is too long to compare at once."""
    if max(len(old), len(new)) <= _LONGEST_PARAGRAPH:
        yield old, new
        return
    for sentence_old, sentence_new in align(_SENTENCE.findall(old), _SENTENCE.findall(new)):
        yield sentence_old or "", sentence_new or ""


def _compare_words(old: list[str], new: list[str], effort: Effort) -> Iterator[Segment]:
    if old == new:
        yield Segment(True, old, new)
        return
    start, end = common_edges(old, new)
    stop_old, stop_new = len(old) - end, len(new) - end
    middle_old, middle_new = old[start:stop_old], new[start:stop_new]
    is_too_long = max(len(middle_old), len(middle_new)) > _LONGEST_PARAGRAPH
    if is_too_long or not effort.allows(middle_old, middle_new):
        middle = [Segment(False, middle_old, middle_new)]
    else:
        middle = _matched(middle_old, middle_new)
    pieces = [Segment(True, old[:start], new[:start]), *middle, Segment(True, old[stop_old:], new[stop_new:])]
    whole = _slid([segment for segment in pieces if segment.old or segment.new])
    yield from _rewritten(old, new, _without_islands(whole))


def _matched(old: list[str], new: list[str]) -> list[Segment]:
    # Without autojunk: it would stop a frequent 的 or ， from matching in paragraphs of 200 words and more.
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [Segment(tag == "equal", old[i1:i2], new[j1:j2]) for tag, i1, i2, j1, j2 in opcodes]


def _slid(segments: list[Segment]) -> list[Segment]:
    """Let what only came or only went begin with its comma: 险情5处，其中管涌1处, not 处，其中管涌1 | 处."""
    slid = list(segments)
    for index in range(1, len(slid) - 1):
        before, segment, after = slid[index - 1 : index + 2]
        words = segment.old or segment.new
        if segment.is_equal or (segment.old and segment.new):
            continue
        steps = _steps_to_mark(words, after.old)
        moved, rest = words[:steps], words[steps:] + after.old[:steps]
        slid[index - 1] = Segment(True, before.old + moved, before.new + moved)
        slid[index] = Segment(False, rest if segment.old else [], rest if segment.new else [])
        slid[index + 1] = Segment(True, after.old[steps:], after.new[steps:])
    return [segment for segment in slid if segment.old or segment.new]


def _steps_to_mark(words: list[str], following: list[str]) -> int:
    """How far the run may slide to the right until a mark stands first; 0 if it never does."""
    for steps, (word, other) in enumerate(zip(words, following, strict=False)):
        if _MARK.match(word):
            return steps
        if word != other or steps == _LONGEST_SLIDE:
            return 0
    return 0


def _without_islands(segments: list[Segment]) -> list[Segment]:
    """Draw single characters that stand between two changes into them."""
    merged: list[Segment] = []
    for index, segment in enumerate(segments):
        is_inner = 0 < index < len(segments) - 1
        if is_inner and segment.is_equal and _is_island(segments, index):
            segment = Segment(False, list(segment.old), list(segment.new))  # noqa: PLW2901
        _append(merged, segment)
    return merged


def _is_island(segments: list[Segment], index: int) -> bool:
    words = segments[index].old
    if len(words) != 1 or is_figure(words[0]) or _MARK.match(words[0]):
        return False
    before, after = segments[index - 1], segments[index + 1]
    around = (before.old[-1:], before.new[-1:], after.old[:1], after.new[:1])
    return not all(words and is_figure(words[0]) for words in around)


def _rewritten(old: list[str], new: list[str], segments: list[Segment]) -> list[Segment]:
    """One replacement instead of crumbs, where hardly anything of a longer paragraph stayed."""
    kept = sum(len(segment.old) for segment in segments if segment.is_equal)
    is_short = min(len(old), len(new)) < _SHORT
    if is_short or 2 * kept >= _LEAST_ALIKE * (len(old) + len(new)):
        return segments
    return [Segment(False, old, new)]


def _append(segments: list[Segment], segment: Segment) -> None:
    """Add a segment; neighbours of one kind become one."""
    if not segment.old and not segment.new:
        return
    if segments and segments[-1].is_equal == segment.is_equal:
        last = segments[-1]
        segments[-1] = Segment(last.is_equal, last.old + segment.old, last.new + segment.new)
    else:
        segments.append(segment)
