"""Which nodes the demo has, and on which ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.kafka.process import free_ports
from services.kernel.language.vocabulary import Level

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class NodePlan:
    """One node of the demo: id on the wire, full name, name in a sentence, level."""

    node_id: str
    name: str
    short_name: str
    level: Level


TOWNSHIP = NodePlan("township", "安澜市云岭区龙潭乡", "乡", Level.TOWNSHIP)
DISTRICT = NodePlan("district", "安澜市云岭区", "区", Level.COUNTY)
CITY = NodePlan("city", "安澜市", "市", Level.CITY)

CHAIN = (TOWNSHIP, DISTRICT, CITY)
"""Lowest first; each one's superior is the next."""


SHARED = "cluster"
"""Name of the one broker that the nodes may share instead of having one each."""


@dataclass(frozen=True)
class Ports:
    """Ports of the nodes' pages by node id; of brokers and their controllers by the node they belong to.

    Without brokers the nodes use a cluster from elsewhere.
    """

    http: Mapping[str, int]
    broker: Mapping[str, int] = field(default_factory=dict)
    controller: Mapping[str, int] = field(default_factory=dict)

    def without_brokers(self) -> Ports:
        """The nodes' ports alone."""
        return Ports(self.http)

    def in_words(self) -> dict[int, str]:
        """Every port with what it is for, as a message names it."""
        names = {plan.node_id: plan.name for plan in CHAIN} | {SHARED: "共用"}
        return {
            **{port: f"{names[node]}节点" for node, port in self.http.items()},
            **{port: f"{names[node]}消息队列" for node, port in self.broker.items()},
            **{port: f"{names[node]}消息队列控制端" for node, port in self.controller.items()},
        }


# The brokers' ports lie below those that the system gives to outgoing connections and those of the tests.
DEMO_PORTS = Ports(
    http={"township": 8101, "district": 8102, "city": 8103},
    broker={"township": 18101, "district": 18102, "city": 18103},
    controller={"township": 18111, "district": 18112, "city": 18113},
)


def spare_ports(*, is_shared: bool = False) -> Ports:
    """Ports that nobody uses now, for a world beside the demo's: a broker for each node, or one for all."""
    ids = [plan.node_id for plan in CHAIN]
    brokers = [SHARED] if is_shared else ids
    found = iter(free_ports(len(ids) + 2 * len(brokers)))
    return Ports(*(dict(zip(names, found, strict=False)) for names in (ids, brokers, brokers)))
