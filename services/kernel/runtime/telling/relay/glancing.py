"""The short look between the long ones: whether the broker is still what it was when the relay looked at it last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog

from services.kernel.runtime.surroundings.clock import pause
from services.kernel.runtime.telling.agents.ground import Ground, ground_reader
from services.kernel.runtime.telling.agents.starting import what_changed
from services.kernel.runtime.telling.relay.ends import BrokerPlace

log = structlog.get_logger()

GLANCE_EVERY_S = 10.0
"""Longer than a shared reading may be old: what is compared with it had been published before it was taken."""


class Glance:
    """Compares the broker with what a relay remembers, from the reading that all listeners of the process share.

    A broker that comes up again with less than it had breaks no connection that a quiet relay
    would notice. Its partitions have another leader's epoch then, or end too early, or are gone.
    """

    def __init__(self, bootstrap_servers: str, topics: Sequence[str]) -> None:
        self.bootstrap_servers = bootstrap_servers
        self.topics = topics
        self._before: dict[BrokerPlace, Ground] = {}
        self._newest: dict[BrokerPlace, int] = {}
        self._was_away = False

    async def watch(
        self, stop: asyncio.Event, newest: Callable[[], Mapping[BrokerPlace, int]], look: Callable[[], None]
    ) -> None:
        """Until `stop`, call `look` whenever the relay has reason to look for itself.

        Args:
            newest: The highest offset that the broker gave, per partition.
        """
        while not stop.is_set():
            if why := await self._what_happened(newest()):
                log.warning("outbox.broker.changed", broker=self.bootstrap_servers, why=why)
                look()
            await pause(stop, GLANCE_EVERY_S)

    async def _what_happened(self, newest: Mapping[BrokerPlace, int]) -> str:
        """Why the relay must look; empty when all is as it was, or while the broker cannot be asked."""
        try:
            now = await asyncio.to_thread(ground_reader(self.bootstrap_servers).read, self.topics)
        except Exception as fault:  # noqa: BLE001 - the broker is away; whatever it is, the next glance asks again
            log.info("outbox.glance.waits", broker=self.bootstrap_servers, fault=repr(fault)[:200])
            self._was_away = True
            return ""
        why = "it was away" if self._was_away else what_changed(self._before, self._newest, now)
        self._before, self._newest, self._was_away = now, dict(newest), False
        return why
