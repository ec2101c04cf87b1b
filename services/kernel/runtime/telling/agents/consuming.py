"""Faust's consumer, taught two things: to begin at our own positions, and to hold no more than fits."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from services.kernel.runtime.telling.agents.room import Room, size_of
from services.kernel.runtime.telling.clients import close, start

FETCH_BYTES = 4 * 1024 * 1024
"""One answer of the broker, of all partitions together; the driver's own limit is 50 MB."""

FindStarts = Callable[[set[TP]], Awaitable[Mapping[TP, int]]]


class ListeningThread(driver.AIOKafkaConsumerThread):
    """The thread in which aiokafka reads."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_bytes = FETCH_BYTES  # noqa: SLF001 - Faust has no setting for it
        return consumer

    async def on_start(self) -> None:
        """Start to read, or end with nothing left open: an app that is stopped meanwhile breaks off whatever it awaits."""
        self._consumer = self._create_consumer(loop=self.thread_loop)
        self.time_started = time.monotonic()
        await start(self._consumer)

    async def on_thread_stop(self) -> None:
        """Close the consumer as every other client is closed: its own `stop` may break off half way."""
        consumer, self._consumer = self._consumer, None
        await super().on_thread_stop()
        if consumer is not None:
            await close(consumer)


class ListeningConsumer(driver.Consumer):
    """Seeks to our own positions instead of the group's, and stops reading while the room is full."""

    transport: ListeningTransport

    def _new_consumer_thread(self) -> ListeningThread:
        return ListeningThread(self, loop=self.loop, beacon=self.beacon)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek to where we have come by our own account; what the group has committed decides nothing."""
        self.transport.room.empty()
        starts = await self.transport.find_starts(self.assignment())
        await self.seek_wait(starts)
        return starts

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:
        if not await self.transport.room.wait(timeout):
            return {}
        return await super()._getmany(active_partitions, timeout)


class ListeningTransport(driver.Transport):
    """Makes that consumer, and counts what it hands over."""

    Consumer = ListeningConsumer

    def __init__(self, app: Any, *, find_starts: FindStarts, room: Room) -> None:
        super().__init__(app.conf.broker_consumer, app)
        self.find_starts = find_starts
        self.room = room

    def create_consumer(self, callback: Callable[[Any], Awaitable[None]], **options: Any) -> Any:
        """The consumer, whose messages take their room when they are handed over."""

        async def hand_over(message: Any) -> None:
            self.room.take(size_of(message))
            await callback(message)

        return super().create_consumer(hand_over, **options)
