"""Where an event stands against its key's cursor: a pure decision."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Succession(Enum):
    """What the cursor says of an arriving event."""

    NEXT = "next"
    SEEN = "seen"
    AHEAD = "ahead"
    FORK = "fork"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a key was applied: epoch, last sequence and the id that bore it. (0, 0, "") is the start."""

    epoch: int = 0
    sequence: int = 0
    last_id: str = ""


def succession_of(cursor: Cursor, *, epoch: int, sequence: int, event_id: str) -> Succession:
    """Decide on an event by (epoch, sequence, id).

    A lower epoch than the cursor's, or the last number under another id, is a fork: a teller
    that lost its memory. A higher epoch restarts where the restore says, so that a number at
    or below the cursor is the restored teller's new fact.
    """
    if epoch < cursor.epoch:
        return Succession.FORK if sequence > cursor.sequence else Succession.SEEN
    if sequence == cursor.sequence + 1:
        return Succession.NEXT
    if sequence > cursor.sequence + 1:
        return Succession.AHEAD
    if event_id == cursor.last_id:
        return Succession.SEEN
    if epoch > cursor.epoch:
        return Succession.NEXT
    return Succession.FORK if sequence == cursor.sequence else Succession.SEEN
