"""What holds a fact up, whether the broker will still bring it, and whether a listener stands still; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from services.kernel.runtime.telling.inbox.positions import Position
from services.kernel.runtime.telling.inbox.succession import Cursor, Succession, succession_of
from services.kernel.runtime.telling.progress.told import Told

LONGEST_PAUSE = timedelta(hours=1)
STILL_TIMES = 4
FAR_AHEAD = timedelta(minutes=1)
"""So far apart the clocks of one node's machines never are."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Reason(StrEnum):
    """Why a fact that was told has not taken effect at a listener."""

    PARKED = "parked"
    HELD = "held"
    UNPUBLISHED = "unpublished"
    NOT_ARRIVED = "not_arrived"


WAITS_HERE = frozenset({Reason.PARKED, Reason.HELD})


@dataclass(slots=True)
class Unapplied:
    """A fact that was told and not yet applied, as the listener sees it."""

    told: Told
    lane: str
    reason: Reason = Reason.NOT_ARRIVED
    times_asked: int = 0
    asked_at: datetime | None = None


def is_applied(told: Told, cursor: Cursor) -> bool:
    """Whether the cursor covers this fact."""
    verdict = succession_of(cursor, epoch=told.epoch, sequence=told.sequence, event_id=told.event_id)
    return verdict is Succession.SEEN


def reason_of(told: Told, waits_as: str | None) -> Reason:
    """What holds this fact up; `waits_as` is the kind of its row in our own inbox."""
    if waits_as is not None:
        return Reason(waits_as)
    return Reason.UNPUBLISHED if told.published_at is None else Reason.NOT_ARRIVED


def is_lost(
    one: Unapplied, *, position: Position | None, moved_at: datetime, now: datetime, patience: timedelta
) -> bool:
    """Whether the broker will not bring this fact any more, so that it is to be told again.

    It was published a while ago, and the listener has read past the place where it stands. What
    stands ahead of the listener is on its way, however long that takes: more records would only
    make the way longer. Only when nothing at all moves there for `STILL_TIMES` as long is it
    asked for nevertheless. Asked again, it is given four times as long.

    Args:
        position: How far the listener has read the fact's partition.
        moved_at: When a fact of the same partition was last seen to arrive.
    """
    told = one.told
    if one.reason is not Reason.NOT_ARRIVED or told.published_at is None:
        return False
    published = _in_the_past(told.published_at, now)
    if now - published < patience:
        return False
    if one.asked_at is not None and now - one.asked_at < min(patience * 4**one.times_asked, LONGEST_PAUSE):
        return False
    return was_read_past(told, position) or now - max(moved_at, published) >= patience * STILL_TIMES


def was_read_past(told: Told, position: Position | None) -> bool:
    """Whether the listener has read further than where the fact stands, in the same topic."""
    if position is None or told.offset is None or position.topic_id != told.topic_id:
        return False
    return told.offset < position.comes_back_to


def stands_still(facts: Iterable[Unapplied], *, moved_at: datetime, now: datetime, after: timedelta) -> bool:
    """Whether a lane does nothing: a fact has been on the broker for long, and not one took effect meanwhile.

    What waits in the inbox waits for a person or a predecessor, and what has not left the outbox
    waits for the broker; both have alarms of their own.
    """
    if now - moved_at < after:
        return False
    return any(
        now - _in_the_past(one.told.told_at, now) >= after
        and (one.reason is Reason.NOT_ARRIVED or (one.reason is Reason.UNPUBLISHED and one.times_asked > 0))
        for one in facts
    )


def _in_the_past(at: datetime, now: datetime) -> datetime:
    """The instant; long ago when it lies well ahead: it was noted by a clock that has been set right since."""
    return at if at - now < FAR_AHEAD else LONG_AGO
