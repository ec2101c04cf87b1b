"""Two texts compared for a page: small ones at once, larger ones apart, and coarsely where that would take over a second."""

from __future__ import annotations

import hashlib

from services.kernel.language.diff import TextDiff, common_edges, diff_coarsely, diff_texts
from services.kernel.runtime.apart import Lane, TooBusy, WorkTooLarge

MOST_CHARACTERS = 110_000
"""A title and a body at their limits; no more is compared word by word."""
MOST_PARTS = 5_000
_MOST_AT_ONCE = 20_000
_MOST_CHANGED_AT_ONCE = 240
"""So few characters between what both begin and end with are compared in ten milliseconds, whatever they are."""
_MOST_REMEMBERED = 32
COMPARING = Lane("comparing", seconds=1.0, megabytes=512, may_wait=6)
"""Texts that are held against each other, for a page that waits."""


async def compare_texts(before: str, after: str) -> TextDiff:
    """What changed between two texts; `is_coarse` where a finer answer would take over a second of work."""
    if max(len(before), len(after)) > MOST_CHARACTERS:
        return diff_coarsely(before, after)
    if _is_soon_done(before, after):
        return compare_for_page(before, after)
    digest = hashlib.sha256(f"{len(before)} {before}{after}".encode("utf-8", "surrogatepass")).digest()
    if digest not in _compared:
        try:
            _remember(digest, await COMPARING.work(compare_for_page, before, after))
        except WorkTooLarge:
            _remember(digest, diff_coarsely(before, after))
        except TooBusy:
            return diff_coarsely(before, after)
    return _compared[digest]


_compared: dict[bytes, TextDiff] = {}
"""The newest comparisons that were worked out apart: a page that is opened again, or by another, has its answer at once."""


def _remember(digest: bytes, diff: TextDiff) -> None:
    while len(_compared) >= _MOST_REMEMBERED:
        del _compared[next(iter(_compared))]
    _compared[digest] = diff


def compare_for_page(before: str, after: str) -> TextDiff:
    """The fine comparison, or the coarse one where a page of it would have more parts than anybody reads."""
    diff = diff_texts(before, after)
    if sum(len(paragraph.ops) for paragraph in diff.paragraphs) > MOST_PARTS:
        return diff_coarsely(before, after)
    return diff


def _is_soon_done(before: str, after: str) -> bool:
    if len(before) + len(after) > _MOST_AT_ONCE:
        return False
    return len(before) + len(after) - 2 * sum(common_edges(before, after)) <= _MOST_CHANGED_AT_ONCE
