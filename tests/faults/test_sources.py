"""What one source sends wrongly slows that source alone; what is not known here yet slows nobody."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import select

from services.directory.app import directory_service
from services.disclosure.app import disclosure_service
from services.exchange.app import exchange_service
from services.intake.app import intake_service
from services.kernel.language.events import Fact, topic_names
from services.kernel.language.events.directory import OfficerAppointed
from services.kernel.language.vocabulary import Level
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.tables import INBOX_CURSOR, INBOX_WAITING
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.telling.inbox import Inbox, Message, waiting
from services.kernel.runtime.telling.topics import create_topics
from services.review.app import review_service
from services.stats.app import stats_service
from tests.faults.test_waiting import told
from tests.integration.kernel.toy import LISTENS_TO, applied, toy_service, unit
from tests.support.service import NOW, running_node, service_database, settings_for, unit_id
from tests.support.waiting import eventually

SERVICES = (
    directory_service, intake_service, review_service, disclosure_service, stats_service, exchange_service,
)  # fmt: skip


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with service_database(toy_service(), database_url) as made:
        yield made


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database, LISTENS_TO, consumer="toy.routine", prefix="district", clock=lambda: NOW)


def born_at(node: str, message: Message, *, brought_by: str = "") -> Message:
    changed = {"ce_node": node.encode(), "ce_via": ",".join(filter(None, (node, brought_by))).encode()}
    headers = [(name, changed.get(name, value)) for name, value in message.headers]
    return Message(message.topic, message.place, headers, message.value)


async def _waiting(database: Database) -> list[tuple[str, str, str | None]]:
    async with database.reading() as session:
        rows = await session.execute(select(INBOX_WAITING).order_by(INBOX_WAITING.c.id))
        return [(row.kind, row.source, row.cause) for row in rows]


async def test_a_source_that_sends_much_wrongly_is_held_back_alone_until_it_is_dealt_with(
    database: Database, inbox: Inbox
) -> None:
    wrong = await told(database, *(unit(f"wrong{n}", "refuse") for n in range(11)))
    later = await told(database, unit("later", "1"), unit("later", "2"))
    others = await told(database, unit("others", "1"))
    await inbox.receive([born_at("one", message) for message in wrong])
    await inbox.receive([born_at("one", message) for message in later])
    await inbox.receive([born_at("two", message) for message in others])
    assert await applied(database) == {str(unit_id("others")): ["1"]}
    held = [one for one in await _waiting(database) if one[0] == waiting.HELD]
    assert held == [(waiting.HELD, "one", waiting.BRAKED)] * 2
    await inbox.tend()
    assert "one" in inbox.brake.braked
    async with database.transaction(NOW) as tx:
        await tx.session.execute(INBOX_WAITING.delete().where(INBOX_WAITING.c.key == str(unit_id("wrong0"))))
    await inbox.tend()
    assert (await applied(database))[str(unit_id("later"))] == ["1", "2"]
    assert len(await _waiting(database)) == 10
    assert inbox.brake.braked == set()


async def test_a_neighbour_that_brings_much_wrongly_in_anothers_name_slows_that_other_not(
    database: Database, inbox: Inbox
) -> None:
    wrong = await told(database, *(unit(f"wrong{n}", "refuse") for n in range(11)))
    honest = await told(database, unit("honest", "1"))
    later = await told(database, unit("later", "1"))
    await inbox.receive([born_at("city", message, brought_by="hostile") for message in wrong])
    await inbox.receive([born_at("city", message) for message in honest])
    await inbox.receive([born_at("city", message, brought_by="hostile") for message in later])
    assert await applied(database) == {str(unit_id("honest")): ["1"]}
    assert inbox.brake.braked == {"city/hostile"}


async def test_what_a_slowed_source_sent_is_applied_by_the_next_process(database: Database, inbox: Inbox) -> None:
    messages = await told(database, *(unit(f"wrong{n}", "refuse") for n in range(11)), unit("later", "1"))
    await inbox.receive(messages)
    assert await applied(database) == {}
    successor = Inbox(database, LISTENS_TO, consumer="toy.routine", prefix="district", clock=lambda: NOW)
    await successor.tend()
    assert await applied(database) == {str(unit_id("later")): ["1"]}


async def test_twenty_unreadable_messages_stop_nobody(database: Database, inbox: Inbox) -> None:
    messages = await told(database, *(unit(f"k{n}", "1") for n in range(20)), unit("well", "1"))
    odd = [Message(one.topic, one.place, [], one.value) for one in messages[:20]]
    await asyncio.wait_for(inbox.receive([*odd, messages[20]]), 60)
    assert await applied(database) == {str(unit_id("well")): ["1"]}
    assert len(await _waiting(database)) == 20


async def test_eleven_unknown_facts_of_a_township_stop_no_service_of_a_district(kafka: str, tmp_path: Path) -> None:
    node = NodeInfo(f"n{secrets.token_hex(4)}", "安澜市云岭区", Level.COUNTY)
    settings = settings_for(node, tmp_path, kafka=kafka)
    names = [settings.topic(name) for name in topic_names()]
    await asyncio.to_thread(create_topics, kafka, names)
    services = [make() for make in SERVICES]
    async with running_node(services, settings, with_agents=True) as process:
        # Not before: numbered facts on its own topics that a starting teller lacks, it has forgotten.
        await _send_unknown_then_known(kafka, names)
        for service in services:
            database = process.contexts[service.name].database
            listened = {settings.topic(name) for name in service.listens_to}
            topics = {settings.topic(name) for name, handlers in service.listens_to.items() if Fact not in handlers}

            async def all_went_on(database: Database = database, topics: set[str] = topics) -> bool:
                async with database.reading() as session:
                    query = select(INBOX_CURSOR.c.topic).where(INBOX_CURSOR.c.key == "known")
                    return set((await session.execute(query)).scalars()) >= topics

            await eventually(all_went_on)
            unknown = [one for one in await _waiting(database) if one[2] == waiting.UNKNOWN]
            assert len(unknown) == 22 * len(listened)
            assert {source for _, source, _ in unknown} <= {"township"}


async def _send_unknown_then_known(kafka: str, topics: list[str]) -> None:
    """Eleven facts of a type and eleven of a version that nobody knows; then one of a type that is known."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    body = unit("a", "1").model_dump_json().encode()
    appointed = OfficerAppointed(officer_id=unit_id("a"), name="张三", unit_id=unit_id("a"), roles=())
    officer = appointed.model_dump_json().encode()
    try:
        for topic in topics:
            for n in range(11):
                await producer.send(topic, b"{}", partition=0, headers=headers_of(f"t{n}", "submission.dreamt", 1))
                await producer.send(topic, body, partition=0, headers=headers_of(f"v{n}", "unit.registered", 99))
            type_, known = (
                ("officer.appointed", officer) if topic.endswith(".directory.unit") else ("unit.registered", body)
            )
            await producer.send(topic, known, partition=0, headers=headers_of("known", type_, 1))
        await producer.flush()
    finally:
        await producer.stop()


def headers_of(key: str, type_: str, version: int) -> list[tuple[str, bytes]]:
    values = {
        "ce_id": secrets.token_hex(8), "ce_type": type_, "ce_source": "/township/intake",
        "ce_time": "2026-11-24T01:00:00Z", "ce_subject": key, "ce_dataschema": f"urn:shangda:{type_}:{version}",
        "ce_sequence": "1", "ce_epoch": "1", "ce_node": "township", "ce_level": "township",
    }  # fmt: skip
    return [(name, value.encode()) for name, value in values.items()]
