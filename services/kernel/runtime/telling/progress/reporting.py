"""The listener's word to a teller, how far it has come: the teller keeps for it what it has not applied."""

from __future__ import annotations

import time
from contextlib import suppress

from services.kernel.runtime.telling.progress.asking import TellerSilent
from services.kernel.runtime.telling.progress.following import Following

SAY_EVERY_S = 3600.0
TRY_AGAIN_S = 60.0


class Report:
    """What was last said to one teller; said at the start, when the books are compared, and then every hour."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self._said = -1
        self._next_at = 0.0

    async def say(self) -> None:
        """Say how far we are, when it is time to and another number than before; a silent teller is told later."""
        reached = self.following.applied_to
        if reached == self._said or time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + TRY_AGAIN_S
        with suppress(TellerSilent):
            await self.following.teller.applied_to(reached)
            self._said, self._next_at = reached, time.monotonic() + (SAY_EVERY_S if reached else 0.0)
