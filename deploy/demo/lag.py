"""What the agents of a node have not yet read of their topics, asked of the broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

from services.kernel.runtime.telling.clients import administering
from services.node import build_service


def groups_of(node_id: str, services: Sequence[str]) -> dict[str, list[str]]:
    """The consumer groups of a node with the topics that each reads, by full names."""
    groups = {}
    for service in map(build_service, services):
        lanes = {"urgent": service.urgent_topics, "routine": service.routine_topics}
        for lane, topics in lanes.items():
            if topics:
                groups[f"{node_id}.{service.name}.{lane}"] = [f"{node_id}.{topic}" for topic in topics]
    return groups


def unread(bootstrap_servers: str, groups: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many events each group has yet to acknowledge; groups with none are left out."""
    with administering(bootstrap_servers) as admin:
        ends = _ends(admin, sorted({topic for topics in groups.values() for topic in topics}))
        found = {}
        for group, topics in groups.items():
            wanted = {place: end for place, end in ends.items() if place.topic in topics and end > 0}
            if missing := _missing(admin, group, wanted):
                found[group] = missing
        return found


def _ends(admin: KafkaAdminClient, topics: Sequence[str]) -> dict[TopicPartition, int]:
    places = [
        TopicPartition(topic["name"], part["partition_index"])
        for topic in admin.describe_topics(list(topics))
        for part in topic["partitions"]
    ]
    found = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
    return {place: answer.offset for place, answer in found.items()}


def _missing(admin: KafkaAdminClient, group: str, ends: Mapping[TopicPartition, int]) -> int:
    committed = admin.list_group_offsets(group).get(group, {})
    reached = {place: max(at.offset, 0) for place, at in committed.items()}
    return sum(end - reached.get(place, 0) for place, end in ends.items())
