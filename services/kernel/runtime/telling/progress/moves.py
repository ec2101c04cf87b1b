"""When what came in which lane and partition, as one listener sees it of one teller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.kernel.runtime.telling.progress.told import Told

Stretch = tuple[str, int | None]


class Moves:
    """When facts were seen to take effect.

    Attributes:
        of_lane: When a fact of a lane was last seen to take effect; before the first, since we look.
    """

    def __init__(self, lanes: Iterable[str], now: datetime) -> None:
        self.of_lane = dict.fromkeys(lanes, now)
        self._of_stretch: dict[Stretch, datetime] = {}
        self._newest_here: dict[Stretch, int] = {}
        self._since = now

    def begin_anew(self, now: datetime) -> None:
        """The clock was set back: instants of before lie in the future, and nothing would ever be late."""
        self.of_lane = dict.fromkeys(self.of_lane, now)
        self._of_stretch.clear()
        self._since = now

    def of(self, told: Told) -> datetime:
        """When a fact of the same partition was last seen to arrive; before the first, since we look."""
        return self._of_stretch.get(told.stretch, self._since)

    def note_here(self, rows: Iterable[Told], lanes: Mapping[str, str], now: datetime, *, are_new: bool) -> None:
        """Facts are applied: their lanes move by those not seen before."""
        for told in rows:
            newest = self._newest_here.get(told.stretch, 0)
            self._newest_here[told.stretch] = max(told.id, newest)
            if are_new or told.id > newest:
                self.of_lane[lanes[told.topic]] = self._of_stretch[told.stretch] = now
