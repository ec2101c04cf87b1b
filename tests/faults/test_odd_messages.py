"""Whatever a message is made of, and whatever escapes the reading: the listener goes on."""

from __future__ import annotations

from typing import Any

from aiokafka import AIOKafkaProducer

from tests.faults.counting import tell
from tests.faults.node import FaultyNode
from tests.faults.test_races import Clock
from tests.faults.test_sources import headers_of
from tests.support.waiting import eventually

ODD: list[tuple[bytes | None, list[tuple[str, Any]]]] = [
    (b"{}", []),
    (None, []),
    (None, [("ce_id", None), ("ce_sequence", None)]),
    (b"{}", [(name, None) for name, _ in headers_of("k", "unit.registered", 1)]),
    (b"{}", [(name, b"\xff\xfe") for name, _ in headers_of("k", "unit.registered", 1)]),
    (b"{}", [(n, b"9" * 40 if n == "ce_sequence" else v) for n, v in headers_of("k", "unit.registered", 1)]),
    (b"{}", [(n, b"9" * 40 if n == "ce_epoch" else v) for n, v in headers_of("k", "unit.registered", 1)]),
    (b"{}", [(n, b"x" * 500 if n == "ce_subject" else v) for n, v in headers_of("k", "unit.registered", 1)]),
    (b"{}", [(n, b"x" * 500 if n == "ce_id" else v) for n, v in headers_of("k", "unit.registered", 1)]),
    (b"{}", [(n, b"a\0b" if n == "ce_subject" else v) for n, v in headers_of("k", "unit.registered", 1)]),
    (b"\xff\0", headers_of("k", "unit.registered", 1)),
]


async def test_messages_of_every_odd_kind_are_parked_and_the_others_applied(node: FaultyNode) -> None:
    topic = f"{node.node_id}.directory.unit"
    await tell(node.database, Clock, range(10))
    node.start()
    await node.settled(10)
    producer = AIOKafkaProducer(bootstrap_servers=node.kafka)
    await producer.start()
    try:
        for partition in range(4):
            for value, headers in ODD[:-1]:
                await producer.send_and_wait(topic, value, key=b"k", partition=partition, headers=headers)
        await producer.send_and_wait(topic, ODD[-1][0], key=b"k", partition=0, headers=ODD[-1][1])
    finally:
        await producer.stop()
    await tell(node.database, Clock, range(10, 50))
    account = await node.settled(50)
    assert account.applied == account.told == account.passed_on

    async def all_are_parked() -> bool:
        return [kind for kind, _ in (await node.account()).waiting] == ["parked"] * (4 * (len(ODD) - 1) + 1)

    await eventually(all_are_parked)


async def test_a_fault_that_escapes_the_inbox_builds_the_listener_anew(small_node: FaultyNode) -> None:
    child = small_node.start(dies="escapes", total=300, pause_s=0.02)
    (await small_node.settled(300)).check(300)
    assert "agents.receive.failed" in child.log.read_text()
    await eventually(child.is_assigned)


async def test_a_listener_that_takes_too_long_to_begin_is_built_anew(small_node: FaultyNode) -> None:
    """Faust gives such a beginning up without a word and waits for it for ever, all partitions in its hands."""
    await tell(small_node.database, Clock, range(20))
    child = small_node.start(dies="slow_to_begin")
    (await small_node.settled(20)).check(20)
    assert "did not start within" in child.log.read_text()
    await eventually(child.is_assigned)
