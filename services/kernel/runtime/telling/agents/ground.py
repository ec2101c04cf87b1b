"""What the broker is now: ids of topics, leaders' epochs, beginnings and ends of partitions, and who holds them."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kafka import TopicPartition
from kafka.admin import MemberToRemove, OffsetSpec

from services.kernel.runtime.telling.clients import administering
from services.kernel.runtime.telling.inbox.positions import Partition

YOUNG_S = 5.0
"""A reading so old is good enough for the regular look; listeners of one process share it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One partition: its topic's id, how often it changed its leader, its first offset and the one after its last."""

    topic_id: str
    leader_epoch: int
    first: int
    end: int


class GroundReader:
    """Asks one broker about topics, for every listener of this process; blocking, for threads.

    Whoever waits while another asks shares the next answer: ten listeners that start together would
    else ask ten times, one after the other, and on a busy machine the last would be too late.
    """

    def __init__(self, bootstrap_servers: str) -> None:
        self.bootstrap_servers = bootstrap_servers
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._known: set[str] = set()
        self._read: dict[Partition, Ground] = {}
        self._read_at = 0.0

    def read(self, topics: Sequence[str], *, fresh: bool = False) -> dict[Partition, Ground]:
        """Every partition of those of the topics that are there; a fresh answer was asked for after this call began.

        Raises:
            kafka.errors.KafkaError: The broker is away, or a partition has no leader.
        """
        good_since = time.monotonic() - (0.0 if fresh else YOUNG_S)
        self._wanted.update(topics)
        with self._lock:
            if self._read_at < good_since or not self._known.issuperset(topics):
                began, wanted = time.monotonic(), sorted(self._wanted)
                self._read = read_ground(self.bootstrap_servers, wanted)
                self._read_at, self._known = began, set(wanted)
            return {place: found for place, found in self._read.items() if place[0] in topics}


@functools.cache
def ground_reader(bootstrap_servers: str) -> GroundReader:
    """This process's reader for a broker."""
    return GroundReader(bootstrap_servers)


def read_ground(bootstrap_servers: str, topics: Sequence[str]) -> dict[Partition, Ground]:
    """Ask the broker now."""
    with administering(bootstrap_servers) as admin:
        found = {
            TopicPartition(topic["name"], part["partition_index"]): (topic["topic_id"], part["leader_epoch"])
            for topic in admin.describe_topics(list(topics))
            if not topic["error_code"]
            for part in topic["partitions"]
        }
        if not found:
            return {}
        firsts = admin.list_partition_offsets(dict.fromkeys(found, OffsetSpec.EARLIEST))
        ends = admin.list_partition_offsets(dict.fromkeys(found, OffsetSpec.LATEST))
    return {
        (place.topic, place.partition): Ground(str(topic_id), epoch, firsts[place].offset, ends[place].offset)
        for place, (topic_id, epoch) in found.items()
    }


def held_by_group(bootstrap_servers: str, group: str) -> set[Partition] | None:
    """The partitions that the group's members hold together; None while they are being given out."""
    with administering(bootstrap_servers) as admin:
        described = admin.describe_groups([group])[group]
    if described["group_state"] != "Stable":
        return None
    return {
        (topic, partition)
        for member in described["members"]
        for topic, partitions in _assignment(member["member_assignment"])
        for partition in partitions
    }


def remove_member(bootstrap_servers: str, group: str, instance_id: str) -> None:
    """Make the group forget a static member: who comes back under its name is a new one."""
    with administering(bootstrap_servers) as admin:
        admin.remove_group_members(group, [MemberToRemove(group_instance_id=instance_id)])


def _assignment(given: Mapping[str, object] | None) -> Iterator[tuple[str, Sequence[int]]]:
    for part in (given or {}).get("assigned_partitions", ()):  # type: ignore[attr-defined]
        yield part["topic"], part["partitions"]
