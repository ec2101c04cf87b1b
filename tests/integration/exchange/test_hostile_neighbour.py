"""Whatever is written to a link's topic, by anybody: the honest facts around it arrive in order, once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError
from sqlalchemy import select
from sqlmodel import col

from services.exchange.model import Conflict
from services.exchange.policy.signature import Kind
from services.exchange.policy.wire import Message, pack
from tests.integration.bounds.loop import slowness
from tests.integration.exchange.handing import batch
from tests.integration.exchange.losses import receipted
from tests.integration.exchange.signed import CHUNKS, TWISTS, twisted
from tests.integration.exchange.signed import RAW as RAW_ROWS
from tests.integration.exchange.speaking import speak
from tests.integration.exchange.test_hostile_rows import put
from tests.integration.exchange.two_nodes import Node, another_township, carrying, reported_up
from tests.support.waiting import eventually
from tests.unit.exchange.ledger_fixture import STRANGER
from tests.unit.exchange.test_unsealing import HEADERS, RAW, with_header

WITHIN_S = 2.0
TIMES_AS_LONG = 4
"""What stands behind twice as many rows, half of which are kept as evidence, takes longer than alone."""


@asynccontextmanager
async def writing(node: Node, **how: object) -> AsyncIterator[AIOKafkaProducer]:
    """A producer of somebody who may write to the topics of a link."""
    producer = AIOKafkaProducer(bootstrap_servers=node.context.settings.kafka, **how)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


def topic_from(township: Node, district: Node, lane: str = "routine") -> str:
    return f"{district.name}.from.{township.name}.{lane}"


async def conflicts_of(node: Node) -> dict[str, int]:
    """How often each kind of conflict came."""
    async with node.context.database.reading() as session:
        rows = list((await session.execute(select(Conflict).where(col(Conflict.settled_at).is_(None)))).scalars())
    return {kind: sum(row.times for row in rows if row.kind == kind) for kind in {row.kind for row in rows}}


def forged(message: Message) -> list[bytes]:
    """What somebody without the neighbour's key makes of a true message."""
    said = message.statement
    strange = replace(message, statement=STRANGER.sign(said))
    posing = replace(message, statement=replace(STRANGER.sign(said), key_id=said.key_id))
    others = [replace(said, kind=kind) for kind in Kind if kind is not Kind.HEAD]
    return [pack(one) for one in (strange, posing, *(Message(other) for other in others))]


async def test_what_anybody_writes_to_a_link_stops_nothing(linked: tuple[Node, Node]) -> None:
    township, district = linked
    async with carrying(township, district), writing(township, max_request_size=4_000_000) as producer:
        told = await township.tell(reported_up(township, district))
        await eventually(lambda: receipted(township, district, 1))
        true = await batch(township, district, 1, 1)
        rubbish = [*RAW.values(), *(with_header(true, **changes) for changes in HEADERS.values()), *forged(true)]
        for at, raw in enumerate(rubbish):
            await producer.send_and_wait(topic_from(township, district), raw, partition=0)
            if at % 10 == 0:
                told += await township.tell(reported_up(township, district))
        told += await township.tell(reported_up(township, district))
        await eventually(lambda: receipted(township, district, len(told)))
        assert await district.told() == told
        counted = await conflicts_of(district)
        assert sum(counted.values()) == len(rubbish)
        assert set(counted) == {"malformed", "bad_signature", "unknown_key", "misdirected"}


async def test_what_kafka_itself_has_packed_is_unpacked_by_the_broker_or_refused(linked: tuple[Node, Node]) -> None:
    township, district = linked
    async with (
        carrying(township, district),
        writing(township, compression_type="gzip", max_request_size=90_000_000) as producer,
    ):
        told = await township.tell(reported_up(township, district))
        await eventually(lambda: receipted(township, district, 1))
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait(topic_from(township, district), bytes(40_000_000), partition=0)
        await producer.send_and_wait(topic_from(township, district), b"a" * 1000, partition=0)
        told += await township.tell(reported_up(township, district))
        await eventually(lambda: receipted(township, district, 2))
        assert await district.told() == told
        assert await conflicts_of(district) == {"malformed": 1}


async def test_what_a_neighbour_signs_and_means_no_good_with_stops_neither_it_nor_others(
    linked: tuple[Node, Node], tmp_path: Path, node_urls: Callable[[], str]
) -> None:
    """Some hundred facts on two links: hostile ones of one township between its own honest ones and another's.

    The honest ones alone, just before and just after, say how soon they arrive on this machine now.
    """
    township, district = linked
    kafka = district.context.settings.kafka
    async with (
        another_township(township, district, tmp_path / "o", node_urls(), kafka=kafka) as other,
        carrying(township, district, other),
    ):
        bad = [*(twisted(township, district, twist) for twist in TWISTS.values()), *RAW_ROWS.values()]
        first = await speak(township, other, district, [None])  # until both links are connected
        alone = await speak(township, other, district, [None] * len(bad))
        among = await speak(township, other, district, bad)
        after = await speak(township, other, district, [None] * len(bad))
        await put(township, district, *CHUNKS.values(), type_="file.chunk", lane="bulk")
        told = first.told + alone.told + among.told + after.told
        others = first.others + alone.others + among.others + after.others
        await eventually(lambda: receipted(other, district, len(others)))
        await eventually(lambda: receipted(township, district, len(told) + len(bad)))
        await eventually(lambda: receipted(township, district, len(CHUNKS), "bulk"))
        arrived = await district.told()
        assert [one for one in arrived if one in set(told)] == told
        assert [one for one in arrived if one in set(others)] == others
        assert len(arrived) == len(told) + len(others)
        counted = await conflicts_of(district)
        assert counted.pop("damaged") == len(CHUNKS)
        assert sum(counted.values()) == len(bad)
        alone_s = max(alone.longest_s, after.longest_s)
        bound_s = TIMES_AS_LONG * alone_s + WITHIN_S * slowness()
        print(f"honest facts arrive within {among.longest_s:.2f} s, alone {alone_s:.2f} s, bound {bound_s:.2f} s")
        assert among.longest_s <= bound_s
