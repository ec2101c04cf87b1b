"""How a listener stands towards one teller, as health, metrics and pages read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.kernel.language.moments import age_s
from services.kernel.runtime.telling.progress.judging import Reason, Unapplied


@dataclass(frozen=True)
class Standing:
    """One lane of a listener towards one teller.

    Attributes:
        counts: How many facts are not applied, by what holds them up.
        oldest: When the oldest of them was told, by the same.
        looked_at: When the books were last compared; None before the first time.
        is_silent: Whether the teller gave no answer at the last attempt.
        is_elsewhere: Whether nobody at the node's address knows the teller, as for a portal in another network.
        is_full: Whether so much has not come that what lies behind it is not looked at.
    """

    lane: str
    teller: str
    counts: Mapping[Reason, int] = field(default_factory=dict)
    oldest: Mapping[Reason, datetime] = field(default_factory=dict)
    stands_still: bool = False
    looked_at: datetime | None = None
    is_silent: bool = False
    is_elsewhere: bool = False
    is_full: bool = False

    @property
    def oldest_at(self) -> datetime | None:
        """When the oldest fact told and not yet applied was told."""
        return min(self.oldest.values(), default=None)

    @property
    def reason(self) -> str:
        """What holds the oldest one up; empty when everything is applied, or nothing is known."""
        if self.oldest:
            return min(self.oldest, key=lambda reason: self.oldest[reason]).value
        if self.is_elsewhere:
            return "teller_elsewhere"
        return "teller_silent" if self.is_silent else ""

    def as_words(self, now: datetime) -> dict[str, Any]:
        """The entry of `/readyz`."""
        oldest = self.oldest_at
        return {
            "unapplied": sum(self.counts.values()),
            "oldest_age_s": round(age_s(now, oldest), 1),
            "reason": self.reason,
            "stands_still": self.stands_still,
            "is_full": self.is_full,
        }


def summarise(facts: Iterable[Unapplied], lane: str) -> tuple[dict[Reason, int], dict[Reason, datetime]]:
    """Count the unapplied facts of a lane and find the oldest, by reason."""
    counts: dict[Reason, int] = {}
    oldest: dict[Reason, datetime] = {}
    for one in facts:
        if one.lane != lane:
            continue
        counts[one.reason] = counts.get(one.reason, 0) + 1
        told_at = one.told.told_at
        oldest[one.reason] = min(oldest.get(one.reason, told_at), told_at)
    return counts, oldest
