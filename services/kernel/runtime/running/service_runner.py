"""What a service runs besides its pages: relay, agents per lane and workers, each alone by lease and supervised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from services.kernel.runtime.keeping.compacting import compactor
from services.kernel.runtime.service import Service, ServiceContext
from services.kernel.runtime.storing.leases import Lease, LeaseLost
from services.kernel.runtime.storing.turns import Rank
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.clock import pause
from services.kernel.runtime.surroundings.supervision import keep_running
from services.kernel.runtime.telling.agents import SupervisedAgents
from services.kernel.runtime.telling.inbox import Inbox
from services.kernel.runtime.telling.inbox.waiting import HeldLimits
from services.kernel.runtime.telling.relay import Relay

log = structlog.get_logger()

MEMBERS = 16
LEASE_CHECK_S = 5.0
TRY_AGAIN_S = 2.0
"""How soon a lease that another process holds, or that the database could not give, is asked for again."""

Run = Callable[[Lease, asyncio.Event], Awaitable[None]]
"""What runs while a lease is held, until the event is set."""


class ServiceRunner:
    """Runs one service's background work until told to stop."""

    def __init__(self, service: Service, context: ServiceContext) -> None:
        self.service = service
        self.context = context
        self.folder = Path(context.settings.data_dir)
        self.inboxes = {lane: self._inbox(lane) for lane in ("urgent", "routine") if self._topics(lane)}
        self.agents: dict[str, SupervisedAgents] = {}
        self.relay: Relay | None = None
        self.cut: list[str] = []
        """What did not end in time when it was told to, and was cut."""
        self._waits: set[str] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Run relay, agents and workers until `stop`."""
        async with asyncio.TaskGroup() as jobs:
            jobs.create_task(self._keep("relay keeper", stop, partial(self._alone, "relay", stop, self._run_relay)))
            for lane in self.inboxes:
                jobs.create_task(self._keep(f"agents-{lane} keeper", stop, partial(self._run_agents, lane, stop)))
            run = partial(self._alone, "workers", stop, self._run_workers)
            jobs.create_task(self._keep("workers keeper", stop, run))

    def _keep(
        self, task: str, stop: asyncio.Event, work: Callable[[], Awaitable[None]], **more: Any
    ) -> Coroutine[Any, Any, None]:
        where = (self.context.node.node_id, self.service.name)
        return keep_running(task, work, where=where, stop=stop, **more)

    def _topics(self, lane: str) -> list[str]:
        names = self.service.urgent_topics if lane == "urgent" else self.service.routine_topics
        return [self.context.settings.topic(name) for name in names]

    def _inbox(self, lane: str) -> Inbox:
        return Inbox(
            self.context.database.patient(),
            self.service.listens_to,
            consumer=f"{self.service.name}.{lane}",
            prefix=self.context.node.node_id,
            clock=self.context.clock,
            rank=Rank.URGENT if lane == "urgent" else Rank.ROUTINE,
            limits=HeldLimits(self.context.settings.held_limit, self.context.settings.held_limit_per_key),
        )

    def _lease(self, name: str) -> Lease:
        return Lease(self.context.database, name, folder=self.folder / "locks")

    async def _alone(self, name: str, stop: asyncio.Event, run: Run) -> None:
        """Run what one process alone may run; take over when the holder goes, step back when the lock is lost."""
        while not stop.is_set():
            await self._try(name, stop, run)
            await pause(stop, TRY_AGAIN_S)

    async def _try(self, name: str, stop: asyncio.Event, run: Run) -> bool:
        """Run while the lease is ours; False when another process holds it."""
        lease = self._lease(name)
        try:
            if not await lease.take():
                return False
            self._waits.discard(name)
            await self._while_held(lease, name, stop, run)
        except Exception as fault:  # noqa: BLE001 - the database may be away
            if name not in self._waits:  # said once, not every two seconds
                self._waits.add(name)
                log.warning("node.lease.waiting", service=self.service.name, name=name, fault=repr(fault)[:300])
        finally:
            await lease.release()
        return True

    async def _while_held(self, lease: Lease, name: str, stop: asyncio.Event, run: Run) -> None:
        own_stop = asyncio.Event()
        keeping = self._keep(name, own_stop, partial(run, lease, own_stop), lets_out=(LeaseLost,))
        work = asyncio.ensure_future(keeping)
        try:
            while not stop.is_set() and not work.done() and await lease.is_alive():
                waited = asyncio.ensure_future(pause(stop, LEASE_CHECK_S))
                await asyncio.wait([work, waited], return_when=asyncio.FIRST_COMPLETED)
                waited.cancel()
            if not stop.is_set():
                metrics.LEASES_LOST.labels(self.context.node.node_id, self.service.name).inc()
                log.warning("node.lease.lost", service=self.service.name, name=name)
        finally:
            await self._end(name, work, own_stop)

    async def _end(self, name: str, work: asyncio.Future[None], own_stop: asyncio.Event) -> None:
        """Tell the work to stop, and cut it when it does not."""
        own_stop.set()
        _done, late = await asyncio.wait([work], timeout=self.context.settings.stop_within_s)
        if late:
            self.cut.append(f"{self.service.name}.{name}")
            work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    async def _run_relay(self, lease: Lease, stop: asyncio.Event) -> None:
        database = self.context.database.fenced(lease.check)
        settings = self.context.settings
        self.relay = Relay(database, settings.kafka, look_every_s=settings.broker_look_s)
        await self.relay.run(stop)

    async def _run_agents(self, lane: str, stop: asyncio.Event) -> None:
        group = f"{self.context.node.node_id}.{self.service.name}.{lane}"

        async def run(lease: Lease, own_stop: asyncio.Event) -> None:
            member = int(lease.name.rsplit("-", 1)[-1])
            agents = SupervisedAgents(
                self.inboxes[lane], self._topics(lane), group=group, lane=lane, member=member,
                kafka=self.context.settings.kafka, folder=self.folder / "faust",
                stop_within_s=self.context.settings.stop_within_s * 0.9,
            )  # fmt: skip
            self.agents[lane] = agents
            try:
                await agents.run(own_stop)
            finally:
                self.cut += [f"{self.service.name}.{name}" for name in agents.cut]

        if self.context.database.is_sqlite:
            await self._alone(f"agents-{lane}-0", stop, run)
            return
        await self._as_member(lane, stop, run)

    async def _as_member(self, lane: str, stop: asyncio.Event, run: Run) -> None:
        """On PostgreSQL several processes share the partitions, each as the first free static member."""
        while not stop.is_set():
            for member in range(MEMBERS):
                if await self._try(f"agents-{lane}-{member}", stop, run):
                    break
            await pause(stop, TRY_AGAIN_S)

    async def _run_workers(self, lease: Lease, stop: asyncio.Event) -> None:
        held = replace(self.context, database=self.context.database.fenced(lease.check).patient())
        try:
            async with asyncio.TaskGroup() as jobs:
                for worker in (*self.service.workers, compactor(self.service)):
                    name = getattr(worker, "__name__", "worker")
                    jobs.create_task(self._keep(name, stop, partial(worker, held, stop), lets_out=(LeaseLost,)))
        except* LeaseLost:
            raise LeaseLost(lease.name) from None
