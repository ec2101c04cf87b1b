"""Which signed statements may go: a later one about the same chain proves what an earlier one proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(slots=True)
class Thinned:
    """Places in the sequence that may go, and the last number that certainly stays."""

    kept_n: int
    gone: list[int] = field(default_factory=list)


def thin_out(numbers: Sequence[int], *, after: int, span: int) -> Thinned:
    """Leave so many that no stretch without a statement is longer than `span` rows.

    Args:
        numbers: What statements speak of, not falling; the last one stays for now.
        after: The last number that was certainly kept before them.
    """
    found = Thinned(after)
    for place, (number, following) in enumerate(pairwise(numbers)):
        if following - found.kept_n <= span or following == number:
            found.gone.append(place)
        else:
            found.kept_n = number
    return found
