"""What a change of a rulebook would do, before it is saved: its text, what it says, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.kernel.language.calendar import local_date
from services.kernel.language.diff import ParagraphDiff
from services.kernel.language.rulebooks import Difference, Rulebook, differences
from services.kernel.runtime.pages.comparing import compare_texts
from services.kernel.runtime.rulebooks.hooks import Foresight, Hooks
from services.kernel.runtime.rulebooks.saving import Draft, next_version, read_apart, require_newest
from services.kernel.runtime.rulebooks.versions import Version, list_versions, version_on
from services.kernel.runtime.storing.session import AsyncSession

MOST_DIFFERENCES = 200
_AROUND = 2
"""Lines shown before and after a changed one."""


@dataclass(frozen=True)
class Foreseen:
    """The next version beside the one whose place it takes; `until` is the day on which a later one takes its own."""

    made: Version
    current: Version
    lines: Sequence[ParagraphDiff | None]
    differences: Sequence[Difference]
    more: int
    until: date | None
    foresight: Foresight | None


async def foresee(session: AsyncSession, book: Rulebook[Any], hooks: Hooks, draft: Draft, now: datetime) -> Foreseen:
    """Look ahead without saving.

    Raises:
        Refusal: What saving would refuse.
    """
    rules = await read_apart(book, draft.text)
    kept = await list_versions(session, book)
    require_newest(draft, kept)
    made = next_version(book, draft, rules, kept, today=local_date(now))
    await hooks.require(session, rules, now)
    current = version_on(kept, made.effective_from) or kept[0]
    found = differences(book.read(current.text), rules)
    return Foreseen(
        made,
        current,
        await changed_lines(current.text, made.text),
        found[:MOST_DIFFERENCES],
        max(0, len(found) - MOST_DIFFERENCES),
        min((one.effective_from for one in kept if one.effective_from > made.effective_from), default=None),
        await hooks.foresee(session, rules, now),
    )


async def changed_lines(before: str, after: str) -> list[ParagraphDiff | None]:
    """The changed lines with a few around them; None where others are left out."""
    diff = await compare_texts(before.rstrip("\n"), after.rstrip("\n"))
    changed = {place for place, line in enumerate(diff.paragraphs) if line.is_changed}
    near = {place + step for place in changed for step in range(-_AROUND, _AROUND + 1)}
    shown: list[ParagraphDiff | None] = []
    for place, line in enumerate(diff.paragraphs):
        if place in near:
            shown.append(line)
        elif shown and shown[-1] is not None:
            shown.append(None)
    return shown
