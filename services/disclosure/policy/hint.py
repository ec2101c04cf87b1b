"""What the reviewer is asked to look at twice, shown with its surroundings and the place where it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from services.disclosure.policy.scan import Finding, SensitiveWords, scan_text

MOST_HINTS = 50
_AROUND = 16


@dataclass(frozen=True)
class Hint:
    """A place to look at twice; `place` says where in a file, `text` is empty where all of it is meant."""

    before: str
    text: str
    after: str
    hint: str
    place: str = ""

    def as_dict(self) -> dict[str, str]:
        """The form in which it is kept and answered."""
        return asdict(self)


def hints_in(text: str, words: SensitiveWords) -> list[Hint]:
    """The first places of a text that the word list makes one look at."""
    return [_hint(text, finding) for finding in scan_text(text, words)[:MOST_HINTS]]


def hints_in_file(passages: Sequence[tuple[str, str]], words: SensitiveWords, unread: Sequence[str] = ()) -> list[Hint]:
    """The same for a file: what could not be read as text comes first, each finding names its place.

    Args:
        passages: Place and text, in order.
        unread: What nobody has looked for words in, as sentences.
    """
    starts, length = list[int](), 0
    for _, text in passages:
        starts.append(length)
        length += len(text) + 1
    whole = "\n".join(text for _, text in passages)
    found = scan_text(whole, words)
    hints = [Hint("", "", "", sentence) for sentence in unread]
    hints += [_hint(whole, one, passages[bisect_right(starts, one.start) - 1][0]) for one in found[:MOST_HINTS]]
    if len(found) > MOST_HINTS:
        hints.append(Hint("", "", "", f"另有{len(found) - MOST_HINTS}处没有列出，请通读全文"))
    return hints


def _hint(text: str, finding: Finding, place: str = "") -> Hint:
    before = text[max(0, finding.start - _AROUND) : finding.start].rpartition("\n")[2]
    after = text[finding.end : finding.end + _AROUND].partition("\n")[0]
    return Hint(before, finding.text, after, finding.hint, place)
