"""Places in a ranking group: equal scores share a place."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

Ties = Literal["same_rank_skip", "same_rank_dense"]


def ranks(scores: Sequence[Decimal], ties: Ties = "same_rank_skip") -> list[int]:
    """The place of each score, from 1; after a tie the next place is skipped, or not (dense)."""
    better: list[Decimal] = sorted(set(scores) if ties == "same_rank_dense" else scores, reverse=True)
    return [better.index(score) + 1 for score in scores]
