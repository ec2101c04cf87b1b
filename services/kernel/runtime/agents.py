"""Faust agents, supervised: built anew after a crash, a failed start or a lost assignment; acknowledged after the commit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faust
import structlog
from faust.types import EventT, StreamT

from services.kernel.runtime import metrics
from services.kernel.runtime.inbox import Inbox, Message
from services.kernel.runtime.naps import nap

log = structlog.get_logger()

BATCH = 100
LOST_AFTER_S = 90.0


class SupervisedAgents:
    """Keeps one service's Faust app of one lane alive and feeds its inbox."""

    def __init__(
        self, inbox: Inbox, topics: Sequence[str], *, group: str, lane: str, kafka: str, folder: Path, member: int = 0
    ) -> None:
        self.inbox = inbox
        self.topics = list(topics)
        self.group = group
        self.lane = lane
        self.kafka = kafka
        self.folder = folder
        self.member = member
        self.lost_at: float | None = time.monotonic()
        self.reached: dict[tuple[str, int], int] = {}
        self._labels = (inbox.database.node.node_id, inbox.database.service)

    @property
    def is_assigned(self) -> bool:
        """Whether the app holds its partitions."""
        return self.lost_at is None

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop`, building a new app whenever the old one is no longer of use."""
        delay_s = 1.0
        while not stop.is_set():
            started = self.lost_at = time.monotonic()
            app = self._make_app()
            try:
                await self._run_app(app, stop)
            except asyncio.CancelledError:
                raise
            except BaseException as fault:
                log.exception("agents.app.failed", group=self.group, fault=repr(fault))
            metrics.AGENT_ASSIGNED.labels(*self._labels, self.lane).set(0)
            if not stop.is_set():
                metrics.AGENT_RESTARTS.labels(*self._labels).inc()
                delay_s = 1.0 if time.monotonic() - started > 120 else min(delay_s * 2, 15)
                await nap(stop, delay_s)

    async def _run_app(self, app: faust.App, stop: asyncio.Event) -> None:
        try:
            await app.start()
            while not (stop.is_set() or app.crashed or app.should_stop or self._lost_for_s() > LOST_AFTER_S):
                await nap(stop, 0.5)
        finally:
            try:
                await asyncio.wait_for(app.stop(), 15)
            except TimeoutError:
                log.warning("agents.app.slow_stop", group=self.group)

    def _lost_for_s(self) -> float:
        return 0.0 if self.lost_at is None else time.monotonic() - self.lost_at

    def _make_app(self) -> faust.App:
        datadir = self.folder / self.group
        datadir.mkdir(parents=True, exist_ok=True)
        app = faust.App(
            self.group,
            broker=[f"kafka://{server}" for server in self.kafka.split(",")],
            store="memory://",
            datadir=str(datadir),
            web_enabled=False,
            autodiscover=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
            consumer_group_instance_id=f"{self.group}.{self.member}",
            broker_session_timeout=30,
            broker_heartbeat_interval=3,
            broker_request_timeout=40,
            broker_rebalance_timeout=60,
            broker_max_poll_interval=7 * 86400,
            broker_commit_interval=1.0,
            broker_max_poll_records=500,
            stream_buffer_maxsize=20000,
            consumer_metadata_max_age_ms=30000,
            worker_redirect_stdouts=False,
        )
        app.on_partitions_assigned.connect(self._assigned, weak=False)
        app.on_partitions_revoked.connect(self._revoked, weak=False)
        topic = app.topic(*self.topics, key_serializer="raw", value_serializer="raw", internal=False)
        app.agent(topic, name=f"{self.group}.receive")(self._receive)
        return app

    async def _assigned(self, *_: Any, **__: Any) -> None:
        self.lost_at = None
        metrics.AGENT_ASSIGNED.labels(*self._labels, self.lane).set(1)

    async def _revoked(self, *_: Any, **__: Any) -> None:
        self.lost_at = time.monotonic()

    async def _receive(self, stream: StreamT[bytes]) -> None:
        """Take what is here, apply it in one transaction, and only then acknowledge."""
        batch: list[EventT[bytes]] = []
        async for event in stream.noack().events():
            batch.append(event)
            if len(batch) < BATCH and not stream.channel.queue.empty():
                continue
            await self.inbox.receive([_message(one) for one in batch])
            for one in batch:
                one.ack()
                self.reached[one.message.topic, one.message.partition] = one.message.offset
            batch = []


def _message(event: EventT[bytes]) -> Message:
    message = event.message
    headers = message.headers or []
    pairs = headers.items() if isinstance(headers, dict) else headers
    return Message(
        topic=message.topic,
        place=f"{message.partition}:{message.offset}",
        headers=[(name, bytes(value)) for name, value in pairs],
        value=bytes(message.value or b""),
    )
