"""Topics of a node on its broker: which there are, and making them (kafka-python, off the loop)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from services.kernel.language.events import ARRIVAL_TOPIC, ARRIVAL_URGENT_TOPIC, FACTS
from services.kernel.language.events.parts import SubmissionFact
from services.kernel.runtime.settings import Settings

PARTITIONS = 4
RETENTION_MS = 30 * 24 * 3600 * 1000


def topic_names() -> list[str]:
    """Every topic of a node, without its prefix."""
    names = {fact.TOPIC for fact in FACTS.values()}
    names |= {fact.URGENT_TOPIC for fact in FACTS.values() if issubclass(fact, SubmissionFact)}
    return sorted(names | {"exchange.delivery_urgent", ARRIVAL_TOPIC, ARRIVAL_URGENT_TOPIC})


async def ensure_topics(settings: Settings, names: Iterable[str] | None = None) -> None:
    """Make the node's topics that are not there yet; full names in `names`, else all of the node's."""
    wanted = list(names) if names is not None else [settings.topic(name) for name in topic_names()]
    await asyncio.to_thread(create_topics, settings.kafka, wanted)


def create_topics(bootstrap_servers: str, names: Iterable[str], *, partitions: int = PARTITIONS) -> None:
    """Create topics that are absent; blocking, for threads and commands.

    Raises:
        kafka.errors.KafkaError: The broker is away.
    """
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","), request_timeout_ms=15000)
    try:
        present = set(admin.list_topics())
        missing = [name for name in names if name not in present]
        if missing:
            config = {"retention.ms": str(RETENTION_MS)}
            admin.create_topics(
                [
                    NewTopic(name, num_partitions=partitions, replication_factor=-1, topic_configs=config)
                    for name in missing
                ]
            )
    except TopicAlreadyExistsError:
        pass  # another process of the node was quicker
    finally:
        admin.close()


def list_partitions(bootstrap_servers: str, prefix: str) -> list[tuple[str, int]]:
    """Every (topic, partition) whose topic begins with `prefix`; blocking, for threads and commands.

    Raises:
        kafka.errors.KafkaError: The broker is away.
    """
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","), request_timeout_ms=15000)
    try:
        names = [name for name in admin.list_topics() if name.startswith(prefix)]
        described = admin.describe_topics(names) if names else []
        return [(topic["name"], part["partition_index"]) for topic in described for part in topic["partitions"]]
    finally:
        admin.close()
