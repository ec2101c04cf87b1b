"""The carrier on a real broker: in order, once, receipted, whatever happens to the link."""

import asyncio
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

from deploy.kafka.broker import Broker
from services.exchange import actions
from services.exchange.model import Arrival, Dispatch
from services.kernel.language.events.parts import Attachment
from services.kernel.language.events.review import SubmissionReceived
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.telling.topics import administering, list_partitions
from tests.integration.exchange.losses import forget_everything, holds, lose_rows, receipted
from tests.integration.exchange.two_nodes import (
    OFFICER,
    Node,
    carrying,
    forwarded_up,
    received,
    reported_up,
    two_nodes,
    with_city,
)
from tests.support.waiting import eventually


async def test_a_report_arrives_and_its_receipt_comes_back(linked: tuple[Node, Node]) -> None:
    township, district = linked
    origin_id = new_id()
    async with carrying(township, district):
        told = await township.tell(reported_up(township, district, origin_id))
        await eventually(lambda: receipted(township, district, 1))
        assert await district.told() == told
        assert len(await township.told("exchange.delivery")) == 1
        back = await district.tell(received(township, district, origin_id))
        await eventually(lambda: receipted(district, township, 1))
        assert await township.told() == back


async def test_an_emergency_has_its_own_lane(linked: tuple[Node, Node]) -> None:
    township, district = linked
    async with carrying(township, district):
        told = await township.tell(reported_up(township, district, info_type=InfoType.EMERGENCY))
        await eventually(lambda: receipted(township, district, 1, "urgent"))
        assert await district.told("exchange.arrival_urgent") == told
        assert await district.told() == []


async def test_what_was_told_while_the_link_was_down_arrives_in_order_once(linked: tuple[Node, Node]) -> None:
    township, district = linked
    told = await township.tell(*(reported_up(township, district) for _ in range(30)))
    async with carrying(township, district):
        await eventually(lambda: receipted(township, district, 30))
    told += await township.tell(*(reported_up(township, district) for _ in range(30)))
    async with carrying(township):
        await asyncio.sleep(2)
    async with carrying(township, district):
        await eventually(lambda: receipted(township, district, 60))
        assert await district.told() == told
        assert [row.n for row in await district.rows(Arrival)] == list(range(1, 61))
        assert len(await township.told("exchange.delivery")) == 60


async def test_a_paused_link_waits_and_a_resumed_one_goes_on(linked: tuple[Node, Node]) -> None:
    township, district = linked
    async with carrying(township, district):
        await eventually(lambda: connected(township, district))
        async with township.transaction() as tx:
            await actions.pause_link(tx, district.name, by=None)
        await eventually(lambda: disconnected(township, district))
        told = await township.tell(reported_up(township, district))
        await asyncio.sleep(1)
        assert await district.told() == []
        async with township.transaction() as tx:
            await actions.resume_link(tx, district.name, by=None)
        await eventually(lambda: receipted(township, district, 1))
        assert await district.told() == told


async def test_an_attachment_follows_on_the_bulk_lane(linked: tuple[Node, Node]) -> None:
    township, district = linked
    content = bytes(range(256)) * 5000
    stored = township.context.files.put(io.BytesIO(content))
    attachment = Attachment(
        attachment_id=new_id(), sha256=stored.sha256, filename="图.pdf", media_type="application/pdf", size=stored.size
    )
    async with carrying(township, district):
        await township.tell(reported_up(township, district, attachments=(attachment,)))
        await eventually(lambda: receipted(township, district, 3, "bulk"))
        with district.context.files.open(stored.sha256) as file:
            assert hashlib.sha256(file.read()).hexdigest() == stored.sha256
        rows = await township.rows(Dispatch)
        assert all(len(row.body) < 400 for row in rows if row.lane == "bulk")


async def test_a_district_restored_from_before_is_sent_everything_again(
    linked: tuple[Node, Node], tmp_path: Path
) -> None:
    township, district = linked
    async with carrying(township, district):
        await township.tell(*(reported_up(township, district) for _ in range(3)))
        await eventually(lambda: receipted(township, district, 3))
    await forget_everything(district, township)
    async with carrying(township, district):
        await eventually(lambda: holds(district, township, 3))
        await eventually(lambda: receipted(township, district, 3))
    assert len(await township.told("exchange.delivery")) == 3


async def test_a_township_restored_from_before_takes_its_rows_back(linked: tuple[Node, Node]) -> None:
    township, district = linked
    async with carrying(township, district):
        await township.tell(*(reported_up(township, district) for _ in range(5)))
        await eventually(lambda: receipted(township, district, 5))
    before = [(row.n, row.h, row.body) for row in await township.rows(Dispatch)]
    await lose_rows(township, district, after=2)
    async with carrying(township, district):
        await eventually(lambda: receipted(township, district, 5))
        assert [(row.n, row.h, row.body) for row in await township.rows(Dispatch)] == before
        await township.tell(reported_up(township, district))
        await eventually(lambda: receipted(township, district, 6))


async def test_three_nodes_on_one_broker_carry_an_item_up_and_what_happens_to_it_back(
    linked: tuple[Node, Node], tmp_path: Path, node_urls: Callable[[], str]
) -> None:
    township, district = linked
    origin_id = new_id()
    async with with_city(township, district, tmp_path, node_urls) as city, carrying(township, district, city):
        [reported] = await township.tell(reported_up(township, district, origin_id))
        await eventually(lambda: has_told(district, [reported]))
        forward = forwarded_up(township, district, city, origin_id)
        [forwarded] = await district.tell(forward)
        await eventually(lambda: has_told(city, [forwarded]))
        await eventually(lambda: has_told(township, [forwarded]))
        fact = SubmissionReceived(item=forward.item, at=city.context.clock(), node=city.name, by=OFFICER)
        [taken_in] = await city.tell(fact)
        await eventually(lambda: has_told(township, [forwarded, taken_in]))
        assert await district.told() == [reported, taken_in]
        assert await city.told() == [forwarded]


async def has_told(node: Node, ids: list[str]) -> bool:
    return await node.told() == ids


async def test_the_broker_is_killed_under_load_and_nothing_is_lost(
    tmp_path: Path, node_urls: Callable[[], str], killable_broker: Broker
) -> None:
    async with two_nodes(tmp_path, node_urls, kafka=killable_broker.bootstrap, heartbeat_s=2.0) as (township, district):
        async with carrying(township, district):
            told = await township.tell(*(reported_up(township, district) for _ in range(50)))
            await eventually(lambda: holds(district, township, 50))
            killable_broker.kill()
            for _ in range(5):
                told += await township.tell(*(reported_up(township, district) for _ in range(20)))
                await asyncio.sleep(0.3)
            await asyncio.to_thread(killable_broker.start)
            await eventually(lambda: receipted(township, district, 150))
        assert await district.told() == told


async def test_topics_that_the_broker_lost_are_made_again_and_the_link_goes_on(linked: tuple[Node, Node]) -> None:
    township, district = linked
    async with carrying(township, district):
        origin_id = new_id()
        told = await township.tell(*(reported_up(township, district) for _ in range(4)))
        told += await township.tell(reported_up(township, district, origin_id))
        await eventually(lambda: receipted(township, district, 5))
        broker = district.context.settings.kafka
        lost = [topic for topic, _ in list_partitions(broker, f"{district.name}.") if f".{township.name}." in topic]
        assert len(lost) == 6
        with administering(broker) as admin:
            admin.delete_topics(lost)
        told += await township.tell(*(reported_up(township, district) for _ in range(5)))
        back = await district.tell(received(township, district, origin_id))
        await eventually(lambda: receipted(township, district, 10))
        await eventually(lambda: receipted(district, township, 1))
        assert await district.told() == told
        assert await township.told() == back


async def connected(node: Node, peer: Node) -> bool:
    row = await node.lane(node.name, peer.name)
    return row is not None and row.connected_at is not None


async def disconnected(node: Node, peer: Node) -> bool:
    return not await connected(node, peer)


async def test_kill_and_restart_of_the_carrier_loses_and_doubles_nothing(linked: tuple[Node, Node]) -> None:
    township, district = linked
    told = []
    for _ in range(4):
        async with carrying(township, district):
            told += await township.tell(*(reported_up(township, district) for _ in range(25)))
            await asyncio.sleep(0.4)
    async with carrying(township, district):
        await eventually(lambda: receipted(township, district, 100))
    assert await district.told() == told
