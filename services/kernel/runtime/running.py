"""What a service runs besides its pages: relay, agents per lane and workers, each alone by lease and supervised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import structlog
from kafka.errors import KafkaError

from services.kernel.runtime.agents import SupervisedAgents
from services.kernel.runtime.catching_up import Goals, read_goals
from services.kernel.runtime.inbox import Inbox
from services.kernel.runtime.leases import Lease
from services.kernel.runtime.naps import nap
from services.kernel.runtime.relay import Relay
from services.kernel.runtime.service import Service, ServiceContext, Worker

log = structlog.get_logger()

MEMBERS = 16
LEASE_CHECK_S = 5.0


class ServiceRunner:
    """Runs one service's background work until told to stop."""

    def __init__(self, service: Service, context: ServiceContext) -> None:
        self.service = service
        self.context = context
        self.folder = Path(context.settings.data_dir)
        self.inboxes = {lane: self._inbox(lane) for lane in ("urgent", "routine") if self._topics(lane)}
        self.agents: dict[str, SupervisedAgents] = {}
        self.goals = Goals()
        self.relay: Relay | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Run relay, agents and workers until `stop`."""
        jobs: list[Awaitable[None]] = [self._alone("relay", stop, self._run_relay)]
        jobs += [self._run_agents(lane, stop) for lane in self.inboxes]
        if self.service.workers:
            jobs.append(self._alone("workers", stop, self._run_workers))
        await asyncio.gather(*jobs)

    @property
    def is_caught_up(self) -> bool:
        """Whether the directory's facts that were there at start have taken effect."""
        agents = self.agents.get("routine")
        return not self.goals.offsets or (agents is not None and self.goals.missing(agents.reached) == 0)

    async def _note_goals(self, group: str) -> None:
        topics = [topic for topic in self._topics("routine") if ".directory." in topic]
        try:
            self.goals = (
                await asyncio.to_thread(read_goals, self.context.settings.kafka, topics, group) if topics else Goals()
            )
        except KafkaError as fault:  # the broker went away again, or is new and has no coordinator: nothing is known
            log.info("node.goals.unknown", service=self.service.name, fault=repr(fault)[:200])

    def _topics(self, lane: str) -> list[str]:
        names = self.service.urgent_topics if lane == "urgent" else self.service.routine_topics
        return [self.context.settings.topic(name) for name in names]

    def _inbox(self, lane: str) -> Inbox:
        return Inbox(
            self.context.database,
            self.service.listens_to,
            consumer=f"{self.service.name}.{lane}",
            prefix=self.context.node.node_id,
            clock=self.context.clock,
        )

    def _lease(self, name: str) -> Lease:
        return Lease(self.context.database, name, folder=self.folder / "locks")

    async def _alone(
        self, name: str, stop: asyncio.Event, run: Callable[[Lease, asyncio.Event], Awaitable[None]]
    ) -> None:
        """Run what one process alone may run; take over when the holder goes, step back when the lock is lost."""
        while not stop.is_set():
            lease = self._lease(name)
            try:
                if await lease.take():
                    await self._while_held(lease, stop, run)
            except asyncio.CancelledError:
                raise
            except Exception as fault:  # noqa: BLE001 - the database may be away
                log.warning("node.lease.waiting", service=self.service.name, name=name, fault=repr(fault)[:300])
            finally:
                await lease.release()
            await nap(stop, 2.0)

    async def _while_held(
        self, lease: Lease, stop: asyncio.Event, run: Callable[[Lease, asyncio.Event], Awaitable[None]]
    ) -> None:
        own_stop = asyncio.Event()
        work = asyncio.ensure_future(run(lease, own_stop))
        try:
            while not stop.is_set() and not work.done() and await lease.is_alive():
                pause = asyncio.ensure_future(nap(stop, LEASE_CHECK_S))
                await asyncio.wait([work, pause], return_when=asyncio.FIRST_COMPLETED)
                pause.cancel()
        finally:
            own_stop.set()
            _done, late = await asyncio.wait([work], timeout=20)
            if late:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
        if work.done() and not work.cancelled() and work.exception():
            raise work.exception() or RuntimeError

    async def _run_relay(self, lease: Lease, stop: asyncio.Event) -> None:
        database = self.context.database.fenced(lease.check)
        self.relay = Relay(database, self.context.settings.kafka)
        await self.relay.run(stop)

    async def _run_agents(self, lane: str, stop: asyncio.Event) -> None:
        group = f"{self.context.node.node_id}.{self.service.name}.{lane}"

        async def run(lease: Lease, own_stop: asyncio.Event) -> None:
            member = int(lease.name.rsplit("-", 1)[-1])
            agents = SupervisedAgents(
                self.inboxes[lane], self._topics(lane), group=group, lane=lane, member=member,
                kafka=self.context.settings.kafka, folder=self.folder / "faust",
            )  # fmt: skip
            if lane == "routine":
                await self._note_goals(group)
            self.agents[lane] = agents
            await agents.run(own_stop)

        if self.context.database.is_sqlite:
            await self._alone(f"agents-{lane}-0", stop, run)
            return
        await self._as_member(lane, stop, run)

    async def _as_member(
        self, lane: str, stop: asyncio.Event, run: Callable[[Lease, asyncio.Event], Awaitable[None]]
    ) -> None:
        """On PostgreSQL several processes share the partitions, each as the first free static member."""
        while not stop.is_set():
            for member in range(MEMBERS):
                lease = self._lease(f"agents-{lane}-{member}")
                try:
                    if await lease.take():
                        await self._while_held(lease, stop, run)
                        break
                except asyncio.CancelledError:
                    raise
                except Exception as fault:  # noqa: BLE001 - the database may be away
                    log.warning(
                        "node.lease.waiting", service=self.service.name, name=lease.name, fault=repr(fault)[:300]
                    )
                    break
                finally:
                    await lease.release()
            await nap(stop, 2.0)

    async def _run_workers(self, lease: Lease, stop: asyncio.Event) -> None:
        held = replace(self.context, database=self.context.database.fenced(lease.check))
        await asyncio.gather(*(self._supervise(worker, held, stop) for worker in self.service.workers))

    async def _supervise(self, worker: Worker, context: ServiceContext, stop: asyncio.Event) -> None:
        delay_s = 1.0
        while not stop.is_set():
            try:
                await worker(context, stop)
            except asyncio.CancelledError:
                raise
            except Exception as fault:
                log.exception("node.worker.failed", service=self.service.name, fault=repr(fault)[:300])
            else:
                return
            await nap(stop, delay_s)
            delay_s = min(delay_s * 2, 30.0)
