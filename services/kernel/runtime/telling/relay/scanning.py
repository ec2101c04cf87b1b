"""Reading a service's topics on the broker from some offsets to the ends that are there now."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from services.kernel.runtime.telling.clients import opened

BrokerPlace = tuple[str, int]
SILENT_S = 30.0


class BrokerSilent(ConnectionError):
    """The broker gave nothing for half a minute though there is more to read."""


async def scan(
    bootstrap_servers: str, starts: Mapping[BrokerPlace, int], *, max_bytes: int = 4_000_000
) -> AsyncIterator[Sequence[ConsumerRecord]]:
    """The records from `starts` (or from the first that is still there) to the ends as they are now, in runs.

    Nothing is opened for no partitions.

    Raises:
        BrokerSilent: It does not go on.
    """
    if not starts:
        return
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers, enable_auto_commit=False, fetch_max_bytes=max_bytes
    )
    async with opened(consumer):
        pending = await _assign(consumer, {TopicPartition(*place): first for place, first in starts.items()})
        progressed_at = time.monotonic()
        while pending:
            for place, records in (await consumer.getmany(*pending, timeout_ms=1000)).items():
                progressed_at = time.monotonic()
                # What came after the end seen at first is left to whoever reads next.
                yield [one for one in records if one.offset < pending[place]]
            for place, end in list(pending.items()):
                if await consumer.position(place) >= end:
                    del pending[place]
                    consumer.pause(place)
            if time.monotonic() - progressed_at > SILENT_S:
                raise BrokerSilent(bootstrap_servers)


async def _assign(consumer: AIOKafkaConsumer, starts: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    places = list(starts)
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    begins = await consumer.beginning_offsets(places)
    pending = {}
    for place in places:
        first = max(begins[place], starts[place])
        consumer.seek(place, min(first, ends[place]))
        if first < ends[place]:
            pending[place] = ends[place]
        else:
            consumer.pause(place)
    return pending
