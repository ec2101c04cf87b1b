"""Whose turn a lane's transactions take: emergencies go first, all else after the people at their pages."""

from __future__ import annotations

from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.storing.turns import Rank


def rank_of(lane: str) -> Rank:
    """The rank of what is written for a lane."""
    return Rank.URGENT if lane == Lane.URGENT else Rank.ROUTINE
