"""Whether a service has read the directory's topics to the end that it saw when it started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

Position = tuple[str, int]
"""(full topic, partition)."""


@dataclass(frozen=True)
class Goals:
    """The last offset to be reached per position; what was already committed at start has none."""

    offsets: Mapping[Position, int] = field(default_factory=dict)

    def missing(self, reached: Mapping[Position, int]) -> int:
        """How many positions are still behind their goal."""
        return sum(reached.get(position, -1) < offset for position, offset in self.offsets.items())


def read_goals(bootstrap_servers: str, topics: Sequence[str], group: str) -> Goals:
    """Ask the broker where the topics end and how far the group has come; blocking, for threads.

    Raises:
        kafka.errors.KafkaError: The broker is away.
    """
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","), request_timeout_ms=15000)
    try:
        described = admin.describe_topics(list(topics))
        places = [TopicPartition(t["name"], part["partition_index"]) for t in described for part in t["partitions"]]
        ends = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
        committed = admin.list_group_offsets({group: places}).get(group, {})
    finally:
        admin.close()
    return Goals(
        {
            (place.topic, place.partition): end.offset - 1
            for place, end in ends.items()
            if end.offset > max(getattr(committed.get(place), "offset", 0), 0)
        }
    )
