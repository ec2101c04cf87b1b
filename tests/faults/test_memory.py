"""A backlog of any size costs a bounded amount of memory: what is read and not yet applied is counted in bytes."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

from aiokafka import AIOKafkaProducer

from services.kernel.runtime.telling.topics import create_topics
from tests.faults.node import Child, FaultyNode
from tests.faults.test_sources import headers_of
from tests.integration.kernel.toy import applied, unit
from tests.support.waiting import eventually

FACTS = 3000
BYTES_OF_ONE = 30_000
MAY_GROW_MB = 45
"""Half of what the backlog has: an app that took all of it along grew by more than 90."""


async def test_a_backlog_is_not_taken_into_memory(small_node: FaultyNode) -> None:
    child = small_node.start()
    await eventually(child.is_assigned)
    before = memory_mb(child)
    (small_node.folder / "gate").touch()
    await send_large(small_node)

    async def waits_at_the_gate() -> bool:
        return (small_node.folder / "waiting").exists()

    await eventually(waits_at_the_gate)
    await asyncio.sleep(10)  # whoever would go on reading has the time to
    assert memory_mb(child) - before < MAY_GROW_MB
    (small_node.folder / "gate").unlink()

    async def all_are_applied() -> bool:
        found = await applied(small_node.database)
        return sum(not key.startswith("p:") for key in found) == FACTS

    await eventually(all_are_applied)
    assert memory_mb(child) - before < MAY_GROW_MB


def memory_mb(child: Child) -> float:
    """The most memory that the process ever had."""
    status = Path(f"/proc/{child.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


async def send_large(node: FaultyNode) -> None:
    """Facts as large as a long item, each of a key of its own, straight to the broker."""
    topic = f"{node.node_id}.directory.unit"
    await asyncio.to_thread(create_topics, node.kafka, [topic])
    producer = AIOKafkaProducer(bootstrap_servers=node.kafka)
    await producer.start()
    try:
        for n in range(FACTS):
            fact = unit(f"large{n}", "1")
            body = {**json.loads(fact.model_dump_json()), "padding": "x" * BYTES_OF_ONE}
            await producer.send(
                topic, json.dumps(body).encode(), key=fact.key.encode(), headers=headers_of(fact.key, fact.TYPE, 1)
            )
        await producer.flush()
    finally:
        await producer.stop()
