"""Carries one lane between this node and a neighbour: sends what is not receipted, takes in what comes."""

from __future__ import annotations

import asyncio
import random
import time

import structlog

from services.exchange.actions import Border, begin_lane, mark_connected
from services.exchange.workers.reading import LaneReader
from services.exchange.workers.road import Place, Road, TopicMissing, open_road
from services.exchange.workers.sending import LaneSender
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings.clock import pause
from services.kernel.runtime.telling.topics import create_link_topics

log = structlog.get_logger()

FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 10.0
TOPICS_COME_S = 3.0
LASTED_S = 30.0
"""A road that held so long was a good one: the next is opened without delay."""

CUT_AFTER_S = 5.0


class LaneCarrier:
    """One lane, kept going: after any fault a new road, with back-off and jitter."""

    def __init__(self, context: ServiceContext, border: Border, place: Place) -> None:
        self.context = context
        self.border = border
        self.place = place
        self._has_topics = False

    async def run(self, stop: asyncio.Event) -> None:
        """Carry until `stop`."""
        delay_s = FIRST_BACK_OFF_S
        while not stop.is_set():
            longest_s = LONGEST_BACK_OFF_S
            started = time.monotonic()
            try:
                await self._make_topics()
                async with open_road(self.place, offset=await self._begin()) as road:
                    await self._mark(is_connected=True)
                    await self._carry(road, stop)
            except asyncio.CancelledError:
                raise
            except TopicMissing as fault:
                self._has_topics, longest_s = False, TOPICS_COME_S
                log.info("exchange.topic.missing", link=self.border.out.link, lane=self.border.lane, topics=str(fault))
            except Exception as fault:  # noqa: BLE001 - whatever it is, the ledger is safe and the lane tries again
                log.warning(
                    "exchange.lane.broken", link=self.border.out.link, lane=self.border.lane, fault=repr(fault)[:300]
                )
            finally:
                await self._mark_quietly()
            if not stop.is_set():
                if time.monotonic() - started > LASTED_S:
                    delay_s = FIRST_BACK_OFF_S
                await pause(stop, delay_s * random.uniform(0.7, 1.3))  # noqa: S311 - jitter
                delay_s = min(delay_s * 2, longest_s)

    async def _make_topics(self) -> None:
        """On a broker of our own: at the start, and after it has lost them."""
        if self.place.is_ours and not self._has_topics:
            names = (self.place.writes, self.place.reads)
            await asyncio.to_thread(create_link_topics, self.place.bootstrap_servers, names)
            self._has_topics = True

    async def _carry(self, road: Road, stop: asyncio.Event) -> None:
        """Read and send side by side until one of them fails or the node stops."""
        over = asyncio.Event()
        border = self.border.in_new_run()
        sender = LaneSender(self.context, border, road)
        reader = LaneReader(self.context, border, road, sender)
        jobs = [asyncio.create_task(reader.run(over)), asyncio.create_task(sender.run(over))]
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([*jobs, stopping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.set()
            sender.wake.set()
            stopping.cancel()
            _done, late = await asyncio.wait(jobs, timeout=CUT_AFTER_S)
            for job in late:
                job.cancel()
        for outcome in await asyncio.gather(*jobs, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome

    async def _begin(self) -> int:
        async with self.context.database.transaction(self.context.clock()) as tx:
            return await begin_lane(tx, self.border)

    async def _mark(self, *, is_connected: bool) -> None:
        async with self.context.database.transaction(self.context.clock()) as tx:
            await mark_connected(tx, self.border, is_connected=is_connected)

    async def _mark_quietly(self) -> None:
        try:
            await self._mark(is_connected=False)
        except asyncio.CancelledError:
            raise
        except Exception as fault:  # noqa: BLE001 - the database is away; the mark is cleared at the next start
            log.info("exchange.mark.missed", fault=repr(fault)[:200])
