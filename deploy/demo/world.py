"""The demo's world on this machine: three nodes, and three brokers or one cluster that they share.

For the demo's commands, and for tests that need real nodes:

    world = DemoWorld.start(folder, ports=spare_ports(), fresh=True)
    world.nodes["district"].kill()
    world.restart("district")
    world.brokers["township"].kill()
    world.stop()
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Self

import httpx

from deploy.demo.nodes import CHAIN, DEMO_PORTS, SHARED, NodePlan, Ports
from deploy.demo.ports import require_free
from deploy.demo.process import NodeProcess
from deploy.demo.progress import Progress
from deploy.demo.waiting import DidNotHappen, eventually
from deploy.kafka.broker import Broker
from services.kernel.runtime.surroundings.settings import ALL_SERVICES

# On an idle machine five seconds; one that eight others share has needed four minutes. A node that ends is told at once.
READY_WITHIN_S = 900.0
BROKER_HEAP_MB = 256


class NodeDidNotStart(Exception):
    """A node ended, or was not ready in time; the message ends with its last log lines."""


@dataclass(frozen=True)
class DemoWorld:
    """Three nodes of three levels that know each other, with the demo's people.

    Attributes:
        base: Everything of a node lies in a folder of its name below it.
        ports: Which brokers there are, besides the ports: one for each node, one shared, or none.
        kafka: Addresses of a cluster from elsewhere, when `ports` names no brokers.
        database_url: Empty for SQLite; `{node}` in it becomes the node's id.
        settings: Further settings of every node by their names, e.g. `{"link_heartbeat_s": "1"}`.
    """

    base: Path
    ports: Ports = DEMO_PORTS
    kafka: str = ""
    database_url: str = ""
    services: tuple[str, ...] = ALL_SERVICES
    settings: Mapping[str, str] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)

    @cached_property
    def nodes(self) -> dict[str, NodeProcess]:
        """The nodes by id, lowest first."""
        return {plan.node_id: self._node(plan) for plan in CHAIN}

    @cached_property
    def brokers(self) -> dict[str, Broker]:
        """The brokers by the node they belong to, or the one that all share."""
        return {
            name: Broker(self.base / name / "broker", port, self.ports.controller[name], heap_mb=BROKER_HEAP_MB)
            for name, port in self.ports.broker.items()
        }

    @classmethod
    def start(cls, base: Path, *, fresh: bool = False, **options: object) -> Self:
        """A world that is up; when it cannot come up, nothing of it is left running.

        Args:
            base: Where its data lies.
            fresh: Begin anew; what was there is kept aside in `before/` until the next time.
            options: The attributes of the class.
        """
        world = cls(base, **options)  # type: ignore[arg-type]
        try:
            world.come_up(fresh=fresh)
        except BaseException:
            world.stop()
            raise
        return world

    def come_up(self, *, fresh: bool = False) -> None:
        """Start what does not run yet, and return when every node is ready and knows its people and neighbours.

        Raises:
            PortTaken: Somebody else listens on a port.
            BrokerDidNotStart, NodeDidNotStart: With the last lines of the log.
            NotEmpty: `fresh`, but a cluster or database that is not the world's own holds earlier data.
        """
        # The services take seconds to load: commands that start nothing do without them.
        from deploy.demo.founding import found_nodes

        if not self.running:
            require_free(self.ports)
            if fresh:
                self._set_aside()
        with self.progress.doing("启动消息队列，准备各节点"), ThreadPoolExecutor() as threads:
            starting = [threads.submit(broker.start) for broker in self.brokers.values()]
            if not any(node.pid for node in self.nodes.values()):
                found_nodes(list(self.nodes.values()), self.progress)
            for start in starting:
                start.result()
        with self.progress.doing("启动三级节点"):
            with ThreadPoolExecutor() as threads:
                list(threads.map(NodeProcess.start, self.nodes.values()))
            for node in self.nodes.values():
                self._await_ready(node)
        with self.progress.doing("各服务读取单位、人员和相邻节点"):
            self._await_knowing()

    def stop(self) -> None:
        """End every node and broker of this world, highest first; what does not run is passed over."""
        for node_id in reversed(self.nodes):
            self.nodes[node_id].ask_to_stop()
        with ThreadPoolExecutor() as threads:
            list(threads.map(NodeProcess.stop, self.nodes.values()))
            list(threads.map(Broker.stop, self.brokers.values()))

    def restart(self, node_id: str) -> None:
        """Start a node that was stopped or killed, and return when it is ready."""
        self.nodes[node_id].start()
        self._await_ready(self.nodes[node_id])

    @property
    def running(self) -> list[str]:
        """What of this world runs now, in words."""
        nodes = [f"{node.plan.name}节点" for node in self.nodes.values() if node.pid]
        return nodes + [f"消息队列（{name}）" for name, broker in self.brokers.items() if broker.pid]

    @property
    def is_whole(self) -> bool:
        """Whether all nodes and brokers run."""
        return all(node.pid for node in self.nodes.values()) and all(broker.pid for broker in self.brokers.values())

    @property
    def is_ready(self) -> bool:
        """Whether all of it runs and every node is ready."""
        return self.is_whole and all(node.is_ready for node in self.nodes.values())

    def unread(self, node_id: str) -> dict[str, int]:
        """Events on the node's own topics that its agents have yet to acknowledge, by consumer group."""
        from deploy.demo.lag import groups_of, unread

        return unread(self.nodes[node_id].kafka, groups_of(node_id, self.services))

    def await_quiet(self, *, within_s: float = 60.0) -> None:
        """Return when every node has told all that it has to tell, and its agents have applied all of it."""
        for node_id in self.nodes:
            eventually(partial(self._is_quiet, node_id), f"{node_id} 读完主题", within_s=within_s, pause_s=0.3)

    def _is_quiet(self, node_id: str) -> bool:
        return not self.nodes[node_id].untold and not self.unread(node_id)

    def _node(self, plan: NodePlan) -> NodeProcess:
        own = self.brokers.get(plan.node_id) or self.brokers.get(SHARED)
        return NodeProcess(
            plan,
            self.base / plan.node_id,
            self.ports.http[plan.node_id],
            own.bootstrap if own else self.kafka,
            self.database_url,
            self.services,
            tuple(self.settings.items()),
        )

    def _set_aside(self) -> None:
        """Keep the data of before in `before/`; what is not the world's own is never touched."""
        from deploy.demo.leftovers import require_empty

        require_empty(self.kafka, self.database_url, self.services)
        before = self.base / "before"
        shutil.rmtree(before, ignore_errors=True)
        for name in {*self.nodes, *self.brokers}:
            if (self.base / name).exists():
                before.mkdir(parents=True, exist_ok=True)
                (self.base / name).rename(before / name)

    def _await_ready(self, node: NodeProcess) -> None:
        give_up_at = time.monotonic() + READY_WITHIN_S
        while not node.is_ready:
            if node.pid is None or time.monotonic() > give_up_at:
                said = node.readiness()
                raise NodeDidNotStart(f"{node.plan.name}节点没有就绪（{said}），日志 {node.log}：\n{node.last_words()}")
            time.sleep(0.2)
        self.progress.say(f"    {node.plan.name}节点就绪，{node.url}")

    def _await_knowing(self) -> None:
        """Wait until every service has read who works here and which neighbours there are."""
        from kafka.errors import KafkaError

        try:
            self.await_quiet(within_s=READY_WITHIN_S)
        except (DidNotHappen, KafkaError, httpx.HTTPError) as fault:
            raise NodeDidNotStart(f"节点没有读完机构人员信息：{fault}") from fault
