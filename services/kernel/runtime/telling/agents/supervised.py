"""Faust apps, supervised: built anew whenever one is of no more use, reading from our own positions, acknowledged last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import faust
import structlog
from faust.types import TP, EventT, StreamT

from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.clock import pause
from services.kernel.runtime.telling.agents.application import make_app
from services.kernel.runtime.telling.agents.ground import Ground, ground_reader
from services.kernel.runtime.telling.agents.reading import read_message
from services.kernel.runtime.telling.agents.room import Room, size_of
from services.kernel.runtime.telling.agents.starting import Start, where_to_start
from services.kernel.runtime.telling.agents.stopping import is_cut_off, start_app, stop_app
from services.kernel.runtime.telling.agents.watching import Membership, look
from services.kernel.runtime.telling.inbox import Inbox, Message
from services.kernel.runtime.telling.inbox.pace import MOST_BYTES
from services.kernel.runtime.telling.inbox.positions import Partition

log = structlog.get_logger()

LOST_AFTER_S = 90.0
START_WITHIN_S = 180.0
"""How long an app may take to start reading, a broker that comes up again included."""
STOP_WITHIN_S = 15.0
"""How long an app that is of no more use may take to stop, before it is cut and a new one built."""
LOOK_EVERY_S = 10.0
TEND_EVERY_S = 2.0


class LogChanged(Exception):
    """The record before our position is not the one that was applied last: the log was cut and has grown again."""


class SupervisedAgents:
    """Keeps one service's Faust app of one lane alive and feeds its inbox."""

    def __init__(
        self,
        inbox: Inbox,
        topics: Sequence[str],
        *,
        group: str,
        lane: str,
        kafka: str,
        folder: Path,
        member: int = 0,
        stop_within_s: float = STOP_WITHIN_S,
    ) -> None:
        self.inbox = inbox
        self.topics = list(topics)
        self.lane = lane
        self.folder = folder
        self.lost_at: float | None = time.monotonic()
        self.reached: dict[Partition, int] = {}
        self.reached_before: dict[Partition, int] = {}
        self.ground: dict[Partition, Ground] = {}
        self.stop_within_s = stop_within_s
        self.cut: list[str] = []
        self.trouble = ""
        self.moved_at = time.monotonic()
        self.is_leaving = False
        self.is_free = asyncio.Event()
        self.is_free.set()
        self.membership = Membership(kafka, group, f"{group}.{member}", is_alone=inbox.database.is_sqlite)
        self._starts: dict[Partition, Start] = {}
        self._room = Room()
        self._labels = (inbox.database.node.node_id, inbox.database.service)

    @property
    def group(self) -> str:
        """The consumer group on the broker."""
        return self.membership.group

    @property
    def is_assigned(self) -> bool:
        """Whether the app holds its partitions."""
        return self.lost_at is None

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop`, building a new app whenever the old one is no longer of use."""
        delay_s = 1.0
        tending = asyncio.create_task(self._tend(stop))
        try:
            while not stop.is_set():
                started = self.lost_at = time.monotonic()
                await self._run_app(stop)
                metrics.AGENT_ASSIGNED.labels(*self._labels, self.lane).set(0)
                if not stop.is_set():
                    metrics.AGENT_RESTARTS.labels(*self._labels).inc()
                    delay_s = 1.0 if time.monotonic() - started > 120 else min(delay_s * 2, 15)
                    await pause(stop, delay_s)
        finally:
            tending.cancel()
            await asyncio.gather(tending, return_exceptions=True)

    async def _run_app(self, stop: asyncio.Event) -> None:
        """Run one app to its end, whatever ends it; only our own cancellation goes through."""
        self.trouble, self.is_leaving = "", False
        self.is_free.set()
        await self.membership.leave_behind()
        app = self._make_app()
        try:
            await start_app(app, stop, within_s=START_WITHIN_S)
            await self._watch(app, stop)
        except BaseException as fault:
            if is_cut_off(fault):
                raise
            log.exception("agents.app.failed", group=self.group, fault=repr(fault)[:500])
        finally:
            await self._stop_app(app, self.stop_within_s if stop.is_set() else STOP_WITHIN_S)

    async def _stop_app(self, app: faust.App, within_s: float) -> None:
        """Finish the batch in hand and commit it, then leave; what does not end in time is cut, and said."""
        self.is_leaving = True
        await pause(self.is_free, within_s / 2)
        late = [] if self.is_free.is_set() else ["batch"]
        if not await stop_app(app, within_s / 2):
            late.append("app")
        for part in late:
            log.warning("agents.app.slow_stop", group=self.group, part=part)
            self.cut.append(f"agents-{self.lane}.{part}")

    async def _watch(self, app: faust.App, stop: asyncio.Event) -> None:
        """Return once the app is to be stopped, and say why."""
        look_at = time.monotonic() + LOOK_EVERY_S / 4
        while not (stop.is_set() or app.crashed or app.should_stop or self.trouble):
            await pause(stop, 0.5)
            if self._lost_for_s() > LOST_AFTER_S:
                self.trouble = "no partitions for too long"
            if not self.trouble and time.monotonic() > look_at and not stop.is_set():
                self.trouble = await look(self, app)
                look_at = time.monotonic() + LOOK_EVERY_S
        if not stop.is_set():
            log.warning("agents.app.ended", group=self.group, why=self.trouble or "it crashed or stopped by itself")

    async def _tend(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.inbox.tend()
            except Exception as fault:  # noqa: BLE001 - the database is away; it is asked again
                log.info("inbox.tending.waits", consumer=self.inbox.consumer, fault=repr(fault)[:300])
            await pause(stop, TEND_EVERY_S)

    def _lost_for_s(self) -> float:
        return 0.0 if self.lost_at is None else time.monotonic() - self.lost_at

    def lose(self) -> None:
        """Note that the app does not hold what it should."""
        self.lost_at = self.lost_at or time.monotonic()
        metrics.AGENT_ASSIGNED.labels(*self._labels, self.lane).set(0)

    def hold(self) -> None:
        """Note that the app holds its partitions."""
        self.lost_at = None
        metrics.AGENT_ASSIGNED.labels(*self._labels, self.lane).set(1)

    def _make_app(self) -> faust.App:
        self._room = Room()
        app = make_app(
            self.group, self.topics, kafka=self.membership.kafka, folder=self.folder,
            instance_id=self.membership.instance_id, find_starts=self._find_starts, room=self._room,
            receive=self._receive,
        )  # fmt: skip
        app.on_partitions_assigned.connect(self._assigned, weak=False)
        app.on_partitions_revoked.connect(self._revoked, weak=False)
        return app

    async def _assigned(self, _app: Any, assigned: set[TP], **__: Any) -> None:
        """With partitions the app holds them once it knows where to read; without any, no starts are looked for."""
        if assigned:
            return
        await self.inbox.known_positions(())  # what it held before is another's to go back in
        if not self.membership.is_alone:
            self.hold()

    async def _revoked(self, *_: Any, **__: Any) -> None:
        self.lose()

    async def _find_starts(self, places: set[TP]) -> Mapping[TP, int]:
        """Where to read each assigned partition from, by our own positions."""
        ground = await asyncio.to_thread(ground_reader(self.membership.kafka).read, self.topics, fresh=True)
        known = await self.inbox.known_positions([(place.topic, place.partition) for place in places])
        starts = {}
        for place in places:
            at = (place.topic, place.partition)
            start = where_to_start(known.get(at), ground[at])
            starts[place] = start.offset
            self.ground[at], self._starts[at] = ground[at], start
            self.reached[at] = start.offset - (0 if start.expected_id else 1)
            if start.doubt:
                log.warning("agents.log.changed", group=self.group, topic=at[0], partition=at[1], why=start.doubt)
                metrics.INBOX_REREAD.labels(*self._labels).inc()
        self.moved_at = time.monotonic()
        self.reached_before = dict(self.reached)
        self.hold()
        return starts

    async def _receive(self, stream: StreamT[bytes]) -> None:
        """Apply what comes; whatever goes wrong here ends the app, and a new one is built."""
        try:
            await self._read_on(stream)
            self.trouble = "the stream ended"
        except BaseException as fault:
            if is_cut_off(fault):
                raise
            if not isinstance(fault, LogChanged):
                metrics.AGENT_ESCAPES.labels(*self._labels).inc()
            log.exception("agents.receive.failed", group=self.group, fault=repr(fault)[:500])
            self.trouble = f"reading failed: {fault!r}"[:300]
        await asyncio.Event().wait()  # to return would make Faust start the agent anew, at the wrong place

    async def _read_on(self, stream: StreamT[bytes]) -> None:
        """Take what is here, apply it in short transactions, and only then acknowledge."""
        batch: list[EventT[bytes]] = []
        size = 0
        async for event in stream.noack().events():
            batch.append(event)
            size += size_of(event.message)
            is_short = len(batch) < self.inbox.pace.events and size < MOST_BYTES
            if is_short and not stream.channel.queue.empty():
                continue
            await self._apply(batch)
            self._room.give(size)
            batch, size = [], 0

    async def _apply(self, batch: Sequence[EventT[bytes]]) -> None:
        if self.is_leaving:
            await asyncio.Event().wait()  # until the app cancels this agent; these are read again from our position
        self.is_free.clear()
        try:
            messages = [message for event in batch if (message := await self._admit(event.message))]
            await self.inbox.receive(messages)
        finally:
            self.is_free.set()
        self.moved_at = time.monotonic()
        for event in batch:
            event.ack()
            self.reached[event.message.topic, event.message.partition] = event.message.offset

    async def _admit(self, raw: Any) -> Message | None:
        """The message, or None for the one that only proves that the log is still the same.

        Raises:
            LogChanged: It proves the contrary.
        """
        at = (raw.topic, raw.partition)
        message = read_message(raw, self.ground[at].topic_id)
        start = self._starts.pop(at, None)
        if start is None or not start.expected_id or raw.offset != start.offset:
            return message
        if message.position and message.position.last_id == start.expected_id:
            return None
        await self.inbox.forget_positions(self.ground.keys())  # what happened to one partition happened to all
        metrics.INBOX_REREAD.labels(*self._labels).inc(len(self.ground))
        raise LogChanged(f"{raw.topic}:{raw.partition} at {raw.offset}")
