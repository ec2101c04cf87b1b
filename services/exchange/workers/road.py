"""The road of one lane: a producer and a consumer on the broker that has the lane's two topics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from services.kernel.language.events.directory import PeerRegistered
from services.kernel.runtime.telling.clients import opened

REQUEST_TIMEOUT_MS = 15_000
FETCH_WAIT_MS = 2_000
RECORDS_AT_ONCE = 200


class TopicMissing(RuntimeError):
    """The broker's owner has not made the lane's topics yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lane runs: the broker, the topic written to and the topic read from.

    Attributes:
        is_ours: The broker is this node's, which makes the topics; the neighbour waits for them.
    """

    bootstrap_servers: str
    writes: str
    reads: str
    is_ours: bool


def place_of(own: str, own_broker: str, peer: PeerRegistered, lane: str) -> Place:
    """The lower node dials: both topics stand on the superior's broker."""
    if peer.direction == "superior":
        return Place(
            peer.bootstrap_servers, f"{peer.peer}.from.{own}.{lane}", f"{peer.peer}.to.{own}.{lane}", is_ours=False
        )
    return Place(own_broker, f"{own}.to.{peer.peer}.{lane}", f"{own}.from.{peer.peer}.{lane}", is_ours=True)


class Road:
    """An open road. Any exception means: throw it away and open a new one."""

    def __init__(self, place: Place, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer) -> None:
        self.place = place
        self._producer = producer
        self._consumer = consumer

    async def send(self, message: bytes) -> None:
        """Write a message; returns when the broker has it on all replicas."""
        await self._producer.send_and_wait(self.place.writes, message, partition=0)

    async def receive(self) -> list[ConsumerRecord]:
        """The next messages, when there are any."""
        found = await self._consumer.getmany(timeout_ms=30_000, max_records=RECORDS_AT_ONCE)
        return [record for records in found.values() for record in records]


@asynccontextmanager
async def open_road(place: Place, *, offset: int) -> AsyncIterator[Road]:
    """Connect, and read on from `offset`, or from the oldest message when that one is gone.

    Raises:
        TopicMissing: The topics are not there yet.
        aiokafka.errors.KafkaError: The broker does not answer.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=place.bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest",
        fetch_max_wait_ms=FETCH_WAIT_MS, max_partition_fetch_bytes=4_000_000, request_timeout_ms=40_000,
    )  # fmt: skip
    async with opened(consumer):
        missing = {place.writes, place.reads} - await consumer.topics()
        if missing:
            raise TopicMissing(", ".join(sorted(missing)))
        async with opened(_producer(place)) as producer:
            partition = TopicPartition(place.reads, 0)
            consumer.assign([partition])
            consumer.seek(partition, offset)
            yield Road(place, producer, consumer)


def _producer(place: Place) -> AIOKafkaProducer:
    return AIOKafkaProducer(
        bootstrap_servers=place.bootstrap_servers, acks="all", enable_idempotence=True, linger_ms=0,
        max_request_size=2_000_000, request_timeout_ms=REQUEST_TIMEOUT_MS,
    )  # fmt: skip
