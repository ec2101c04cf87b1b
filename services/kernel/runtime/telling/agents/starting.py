"""Where a listener begins to read, and what later shows that the log is no longer the one it reads: pure decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.kernel.runtime.telling.agents.ground import Ground
from services.kernel.runtime.telling.inbox.positions import Partition, Position


@dataclass(frozen=True, slots=True)
class Start:
    """The first offset to read. With `expected_id`, that record must be the one applied last, else the log was cut."""

    offset: int
    expected_id: str = ""
    doubt: str = ""


def where_to_start(position: Position | None, ground: Ground) -> Start:
    """Where to go on: at our own position, or from the beginning when it means nothing in this log.

    Reading again costs time and nothing else: cursors absorb what was applied.
    """
    if position is None:
        return Start(ground.first)
    if position.topic_id != ground.topic_id:
        return Start(ground.first, doubt="the topic was made again")
    if position.next_offset > ground.end:
        return Start(ground.first, doubt="the log ends before our position")
    if position.next_offset <= ground.first:
        return Start(ground.first)
    if position.last_id:
        return Start(position.next_offset - 1, position.last_id)
    return Start(position.next_offset)


def what_changed(
    before: Mapping[Partition, Ground], reached: Mapping[Partition, int], now: Mapping[Partition, Ground]
) -> str:
    """Why a running listener must look anew where it stands; empty when nothing happened under it."""
    for place, old in before.items():
        new = now.get(place)
        if new is None:
            return f"{place[0]} is gone"
        if new.topic_id != old.topic_id:
            return f"{place[0]} was made again"
        if new.end <= reached.get(place, -1):
            return f"{place[0]}:{place[1]} was cut"
        if new.leader_epoch != old.leader_epoch:
            return f"{place[0]}:{place[1]} has another leader: it may have been cut and grown again"
    return ""
