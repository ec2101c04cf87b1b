"""The order of the queue, explained: a target time from deadline, type and waiting, the earliest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.kernel.language.calendar import duration_zh, local_date
from services.kernel.language.vocabulary import InfoType, Word


class DueGroup(Word):
    """Heading under which a row of the queue stands."""

    OVERDUE = "overdue", "已过处理时限"
    SOON = "soon", "2 小时内"
    TODAY = "today", "今日"
    TOMORROW = "tomorrow", "明日"
    LATER = "later", "以后"


@dataclass(frozen=True)
class Priority:
    """Where a row stands and why; `handle_by` is the target time, `reason` a Chinese sentence."""

    handle_by: datetime
    group: DueGroup
    reason: str

    @property
    def is_overdue(self) -> bool:
        """Whether the target time has passed."""
        return self.group is DueGroup.OVERDUE


def handle_by(
    info_type: InfoType, arrived_at: datetime, due_at: datetime | None, hours: Mapping[str, float]
) -> datetime:
    """When the office should have decided: the deadline, or arrival plus the hours of the item's type.

    It does not depend on the present, so a page of the queue can be cut by it.
    """
    if due_at is not None:
        return due_at
    return arrived_at + timedelta(hours=hours.get(info_type.value, hours["default"]))


def priority_of(
    info_type: InfoType, *, by: datetime, due_at: datetime | None, arrived_at: datetime, now: datetime
) -> Priority:
    """Put a row under its heading and say why it stands there."""
    waited = duration_zh(max(now - arrived_at, timedelta()))
    if due_at is not None:
        reason = f"{info_type.label}有明确时限；已等 {waited}"
    else:
        reason = f"{info_type.label}应在到稿后 {duration_zh(by - arrived_at)}内处理；已等 {waited}"
    return Priority(by, _group(by, now), reason)


def _group(by: datetime, now: datetime) -> DueGroup:
    if by <= now:
        return DueGroup.OVERDUE
    if by - now <= timedelta(hours=2):
        return DueGroup.SOON
    days = (local_date(by) - local_date(now)).days
    return {0: DueGroup.TODAY, 1: DueGroup.TOMORROW}.get(days, DueGroup.LATER)
