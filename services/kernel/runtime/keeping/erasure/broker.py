"""Erasure on the broker: records go up to the end of their partitions, and what others still need is published again.

A log is deleted by whole segments. So the topic's segment is closed by the next record, and the
old one is off the disk at the broker's next look (a minute; five with Kafka's own default).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from sqlalchemy import update

from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.topics import RETENTION_MS, list_partitions

CLOSE_SEGMENTS = {"segment.ms": "1000", "file.delete.delay.ms": "1000"}
LOOK_EVERY_S = 1.0

Ends = dict[TopicPartition, int]


async def publish_again(tx: Transaction, topics: Collection[str]) -> int:
    """Let the relay publish what the broker would still hold of these topics; cursors drop what is known."""
    since = tx.now - timedelta(milliseconds=RETENTION_MS)
    chosen = update(OUTBOX).where(
        OUTBOX.c.topic.in_(list(topics)), OUTBOX.c.told_at >= since, OUTBOX.c.published_at.is_not(None)
    )
    done: Any = await tx.session.execute(chosen.values(published_at=None))
    tx.wake_relay()
    return int(done.rowcount)


async def links_of(bootstrap_servers: str, node_id: str) -> list[str]:
    """The topics of this node's links on its own broker: what is not receipted is sent again from the ledger."""
    found = await asyncio.to_thread(list_partitions, bootstrap_servers, f"{node_id}.")
    return sorted({topic for topic, _ in found if topic.split(".")[1] in {"from", "to"}})


async def delete_records(bootstrap_servers: str, topics: Collection[str]) -> Ends:
    """Delete all records that these topics hold now; where each partition ended."""
    return await asyncio.to_thread(_delete_records, bootstrap_servers, topics)


async def wait_for_new_segments(bootstrap_servers: str, ends: Ends, *, wait_s: float) -> bool:
    """Wait until something new stands behind the deleted records; then the topics' own settings hold again.

    False when that did not come in time: an idle partition closes its segment with its next record.
    """
    until = time.monotonic() + wait_s
    is_closed = False
    while not is_closed and time.monotonic() < until:
        await asyncio.sleep(LOOK_EVERY_S)
        now = await asyncio.to_thread(_ends, bootstrap_servers, list(ends))
        is_closed = all(now[place] > end for place, end in ends.items() if end)
    if is_closed:
        await asyncio.to_thread(_configure, bootstrap_servers, {place.topic for place in ends}, "DELETE")
    return is_closed


def _delete_records(bootstrap_servers: str, topics: Collection[str]) -> Ends:
    places = [TopicPartition(*place) for topic in topics for place in list_partitions(bootstrap_servers, topic)]
    places = [place for place in places if place.topic in topics]
    _configure(bootstrap_servers, topics, "SET")
    ends = {place: end for place, end in _ends(bootstrap_servers, places).items() if end}
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","), request_timeout_ms=15000)
    try:
        if ends:
            admin.delete_records(ends)
    finally:
        admin.close()
    return ends


def _ends(bootstrap_servers: str, places: list[TopicPartition]) -> Ends:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap_servers.split(","))
    try:
        return dict(consumer.end_offsets(places)) if places else {}
    finally:
        consumer.close()


def _configure(bootstrap_servers: str, topics: Collection[str], operation: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","), request_timeout_ms=15000)
    changes = {name: (operation, value) for name, value in CLOSE_SEGMENTS.items()}
    try:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, changes) for topic in topics])
    finally:
        admin.close()
