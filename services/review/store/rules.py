"""The rules kept as data beside the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.kernel.language.rulebooks import read_rules
from services.review.policy.rules import PeriodicalSeeds, ReviewRules

DEFAULTS = Path(__file__).parents[1] / "defaults"


@cache
def review_rules() -> ReviewRules:
    """The house rules of reviewing."""
    return read_rules((DEFAULTS / "rules.yaml").read_text(encoding="utf-8"), ReviewRules)


@cache
def periodical_seeds() -> PeriodicalSeeds:
    """The periodicals that new nodes start with."""
    return read_rules((DEFAULTS / "periodicals.yaml").read_text(encoding="utf-8"), PeriodicalSeeds)
