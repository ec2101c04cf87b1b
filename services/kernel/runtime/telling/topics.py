"""Topics of a node on its broker: which there are, and making them (kafka-python, off the loop)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic, OffsetSpec
from kafka.errors import TopicAlreadyExistsError

from services.kernel.language.events import topic_names
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.telling.clients import ADMIN_TIMEOUT_S, administering

PARTITIONS = 4
RETENTION_MS = 30 * 24 * 3600 * 1000
LINK_BOUNDS = {"compression.type": "uncompressed", "max.message.bytes": "2100000"}
"""What a neighbour may write: one message as large as a producer of ours sends, and nothing packed by Kafka."""


async def ensure_topics(settings: Settings, names: Iterable[str] | None = None) -> None:
    """Make the node's topics that are not there yet; full names in `names`, else all of the node's."""
    wanted = list(names) if names is not None else [settings.topic(name) for name in topic_names()]
    await asyncio.to_thread(create_topics, settings.kafka, wanted)


def create_topics(bootstrap_servers: str, names: Iterable[str], *, partitions: int = PARTITIONS) -> None:
    """Create topics that are absent; blocking, for threads and commands.

    Raises:
        kafka.errors.KafkaError: The broker is away.
    """
    with administering(bootstrap_servers) as admin:
        _create_absent(admin, names, partitions, {})


def create_link_topics(bootstrap_servers: str, names: Sequence[str]) -> None:
    """Create the topics of a link that are absent, and bind what a neighbour can write to all of them.

    The broker itself unpacks whatever compression a writer chose, so that nothing stands there which
    the reader cannot unpack, or which unpacks to more than it may.

    Raises:
        kafka.errors.KafkaError: The broker is away.
    """
    with administering(bootstrap_servers) as admin:
        present = _create_absent(admin, names, 1, LINK_BOUNDS)
        if older := sorted(present.intersection(names)):
            admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, LINK_BOUNDS) for name in older])


def _create_absent(admin: Any, names: Iterable[str], partitions: int, bounds: Mapping[str, str]) -> set[str]:
    """Create what is not there; which topics were there before."""
    present = set(admin.list_topics())
    config = {"retention.ms": str(RETENTION_MS), **bounds}
    missing = [
        NewTopic(name, num_partitions=partitions, replication_factor=-1, topic_configs=config)
        for name in names
        if name not in present
    ]
    with contextlib.suppress(TopicAlreadyExistsError):  # another process of the node may be quicker
        if missing:
            admin.create_topics(missing)
    return present


def list_partitions(bootstrap_servers: str, prefix: str, *, within_s: float = ADMIN_TIMEOUT_S) -> list[tuple[str, int]]:
    """Every (topic, partition) whose topic begins with `prefix`; blocking, for threads and commands.

    Raises:
        kafka.errors.KafkaError: The broker is away.
    """
    with administering(bootstrap_servers, within_s) as admin:
        return [
            (topic["name"], part["partition_index"])
            for topic in _described(admin, prefix)
            for part in topic["partitions"]
        ]


@dataclass(frozen=True, slots=True)
class TopicSeen:
    """A topic as it stands on the broker. Its id changes when it is made again; offsets mean nothing without it."""

    topic_id: str
    ends: Mapping[int, int]


def look_at_topics(bootstrap_servers: str, prefix: str) -> dict[str, TopicSeen]:
    """Every topic whose name begins with `prefix`, with the ends of its partitions; blocking, for threads.

    Raises:
        kafka.errors.KafkaError: The broker is away.
    """
    with administering(bootstrap_servers) as admin:
        described = _described(admin, prefix)
        places = [
            TopicPartition(topic["name"], part["partition_index"])
            for topic in described
            for part in topic["partitions"]
        ]
        ends = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST)) if places else {}
    found: dict[str, dict[int, int]] = {topic["name"]: {} for topic in described}
    for place, answer in ends.items():
        found[place.topic][place.partition] = answer.offset
    return {topic["name"]: TopicSeen(str(topic["topic_id"]), found[topic["name"]]) for topic in described}


def _described(admin: Any, prefix: str) -> list[dict[str, Any]]:
    names = [name for name in admin.list_topics() if name.startswith(prefix)]
    return [topic for topic in admin.describe_topics(names) if not topic["error_code"]] if names else []
