"""Records that no fact of ours ever was: of a type or version not yet known, without a number, without a body."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer

from services.kernel.language.envelope import Envelope, dataschema_of, to_headers, to_structured
from services.kernel.runtime.storing.outbox import attributes_of
from tests.faults.campaign.books import SERVICES, Ledger
from tests.faults.campaign.faults import LINKS, Fault, Faults

TOPICS = ("review.submission", "intake.submission", "exchange.arrival", "directory.unit", "disclosure.information")
SEEN_WITHIN_S = 300.0
MARK = "stranger-"
FUTURE = (("submission.pondered", 1), ("submission.received", 99))
_COUNT = "INSERT INTO counter (topic, key, sequence) VALUES (:topic, :key, 1)"
_TELL = """
INSERT INTO outbox (topic, key, sequence, event_id, epoch, type, urgent, attributes, body, told_at)
VALUES (:topic, :key, 1, :key, 1, :type, 0, :attributes, x'7b7d', strftime('%Y-%m-%d %H:%M:%f000', 'now'))
"""
_QUEUE = """
INSERT INTO exchange_queued (link, lane, rank, event_id, type, body, size, at)
VALUES (?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%d %H:%M:%f000', 'now'))
"""

Headers = list[tuple[str, Any]]


def plant_strangers(faults: Faults, node_id: str) -> None:
    """Eleven records that are no facts at all, as of a foreign hand; each is parked."""
    _await_parked(
        faults, node_id, [_plant(faults, node_id, faults.chance.choice(list(STRANGERS.values()))) for _ in range(11)]
    )


def tell_strangers(faults: Faults, node_id: str) -> None:
    """One of the node's own services was upgraded before the others: eleven facts of its future are parked by these."""
    topic = faults.chance.choice(TOPICS)
    planted = [_new_id(faults) for _ in range(11)]
    with closing(sqlite3.connect(faults.database(node_id, topic.split(".")[0]), timeout=60)) as database:
        for event_id in planted:
            type_, version = faults.chance.choice(FUTURE)
            kept = json.dumps(attributes_of(_envelope(event_id, node_id, type_, version)))
            place = {"topic": f"{node_id}.{topic}", "key": event_id}
            database.execute(_COUNT, place)
            database.execute(_TELL, {**place, "type": type_, "attributes": kept})
        database.commit()
    _await_parked(faults, node_id, planted)


def send_strangers(faults: Faults, node_id: str) -> None:
    """The same over the signed link: a neighbour that was upgraded early tells what its superior cannot read yet."""
    lower, upper = faults.chance.choice(LINKS)
    planted = [_new_id(faults) for _ in range(11)]
    rows = []
    for event_id in planted:
        body = to_structured(_envelope(event_id, lower, "submission.pondered", 1))
        rows.append((f"{lower}>{upper}", "routine", 1, event_id, "submission.pondered", body, len(body)))
    with closing(sqlite3.connect(faults.database(lower, "exchange"), timeout=30)) as database:
        database.executemany(_QUEUE, rows)
        database.commit()
    _await_parked(faults, upper, planted)


def _await_parked(faults: Faults, node_id: str, planted: list[str]) -> None:
    faults.planted.update(planted)
    give_up_at = time.monotonic() + SEEN_WITHIN_S
    while missing := set(planted) - _parked(faults, node_id):
        if time.monotonic() > give_up_at:
            raise AssertionError(f"planted at {node_id} and parked nowhere: {sorted(missing)}")
        time.sleep(1.0)


def without_number(event_id: str, node_id: str) -> tuple[Headers, bytes | None]:
    """No sequence."""
    return _headers(event_id, node_id), b"{}"


def with_empty_header(event_id: str, node_id: str) -> tuple[Headers, bytes | None]:
    """A header that is null on the wire."""
    return [(name, None if name == "ce_source" else value) for name, value in _headers(event_id, node_id)], b"{}"


def without_body(event_id: str, node_id: str) -> tuple[Headers, bytes | None]:
    """Null instead of a fact."""
    return _headers(event_id, node_id), None


STRANGERS: dict[str, Callable[[str, str], tuple[Headers, bytes | None]]] = {
    make.__name__: make for make in (without_number, with_empty_header, without_body)
}


def _plant(faults: Faults, node_id: str, make: Callable[[str, str], tuple[Headers, bytes | None]]) -> str:
    event_id = _new_id(faults)
    topic = f"{node_id}.{faults.chance.choice(TOPICS)}"
    asyncio.run(_send(faults.world.nodes[node_id].kafka, topic, event_id.encode(), *make(event_id, node_id)))
    return event_id


async def _send(kafka: str, topic: str, key: bytes, headers: Headers, body: bytes | None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all") as producer:
        await producer.send_and_wait(topic, key=key, value=body, headers=headers)


def _new_id(faults: Faults) -> str:
    return f"{MARK}{uuid.UUID(int=faults.chance.getrandbits(128))}"


def _headers(event_id: str, node_id: str) -> Headers:
    """Without a number: one that has it would pass for a fact that the teller's database forgot."""
    numbers = ("ce_sequence", "ce_epoch")
    given = to_headers(_envelope(event_id, node_id, "submission.received", 1))
    return [(name, value) for name, value in given if name not in numbers]


def _envelope(event_id: str, node_id: str, type_: str, version: int) -> Envelope:
    return Envelope(
        id=event_id, type=type_, source=f"/{node_id}/review", time=datetime.now(UTC), subject=event_id,
        dataschema=dataschema_of(type_, version), node=node_id, level="township", data=b"{}", via=(node_id,),
    )  # fmt: skip


def _parked(faults: Faults, node_id: str) -> set[str]:
    found: set[str] = set()
    for service in SERVICES:
        ledger = Ledger(node_id, service, faults.database(node_id, service))
        found.update(ledger.column(f"SELECT event_id FROM inbox_waiting WHERE event_id LIKE '{MARK}%'"))
    return found


SKEWS: dict[str, Fault] = {fault.__name__: fault for fault in (plant_strangers, tell_strangers, send_strangers)}
