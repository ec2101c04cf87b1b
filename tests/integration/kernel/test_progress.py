"""Progress: what was told and did not take effect is found, told again and seen in /readyz, on a real broker."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

from services.kernel.language.vocabulary import Level, Role
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.surroundings.clock import utc_now
from services.kernel.runtime.surroundings.settings import NodeInfo, Settings
from services.kernel.runtime.telling.inbox import Message
from services.kernel.runtime.telling.relay import Relay
from services.kernel.runtime.telling.topics import ensure_topics
from services.kernel.runtime.web.insiders import sign_call
from tests.integration.kernel.test_relay_and_agents import _published, seen, tell
from tests.integration.kernel.toy import toy_service
from tests.support.service import client_of, officer, running_node, settings_for
from tests.support.waiting import eventually

Look = Callable[[], Any]


@pytest.fixture
def settings(tmp_path: Path, kafka: str, node_database_url: str) -> Settings:
    node = NodeInfo(f"n{secrets.token_hex(4)}", "安澜市云岭区", Level.COUNTY)
    quick = {"progress_every_s": 0.3, "ask_again_after_s": 2.0, "stands_still_after_s": 3.0}
    return settings_for(node, tmp_path, database_url=node_database_url, kafka=kafka).model_copy(update=quick)


async def publish_alone(process: NodeProcess) -> None:
    """Let everything leave the outbox while nobody listens."""
    await ensure_topics(process.settings)
    stop = asyncio.Event()
    relay = asyncio.create_task(Relay(process.contexts["directory"].database, process.settings.kafka).run(stop))
    await eventually(_published(process))
    stop.set()
    await relay


def cut_log(kafka: str, topic: str) -> None:
    """Delete every record of a topic, as retention or a lost disk would."""
    admin = KafkaAdminClient(bootstrap_servers=kafka.split(","))
    try:
        parts = admin.describe_topics([topic])[0]["partitions"]
        places = [TopicPartition(topic, part["partition_index"]) for part in parts]
        ends = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
        admin.delete_records({place: end.offset for place, end in ends.items()})
    finally:
        admin.close()


def has_seen(process: NodeProcess, *names: str) -> Look:
    async def look() -> bool:
        return await seen(process) == list(names)

    return look


def answers(client: httpx.AsyncClient, judge: Callable[[dict[str, Any]], bool]) -> Look:
    async def look() -> bool:
        return judge((await client.get("/readyz")).json())

    return look


def standing(said: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = said["progress"]["directory.routine"]["directory"]
    return found


@asynccontextmanager
async def swallowing(process: NodeProcess) -> AsyncIterator[None]:
    """The listener acknowledges what it is told and does not apply it; ends once it has swallowed something."""
    inbox, swallowed = process.runners[0].inboxes["routine"], asyncio.Event()
    apply = inbox.receive

    async def swallow(messages: list[Message]) -> None:
        swallowed.set()

    inbox.receive = swallow  # type: ignore[method-assign,assignment]
    yield
    await asyncio.wait_for(swallowed.wait(), 300)
    inbox.receive = apply  # type: ignore[method-assign]


async def test_facts_that_the_broker_lost_are_told_again(settings: Settings) -> None:
    async with running_node([toy_service()], settings) as process:
        await tell(process, "1", "2", "3")
        await publish_alone(process)
    await asyncio.to_thread(cut_log, settings.kafka, settings.topic("directory.unit"))
    async with running_node([toy_service()], settings, with_agents=True) as process, client_of(process) as client:
        await eventually(has_seen(process, "1", "2", "3"))
        await eventually(answers(client, lambda said: said["ready"] and standing(said)["unapplied"] == 0))


async def test_facts_acknowledged_and_not_applied_are_told_again(settings: Settings) -> None:
    async with running_node([toy_service()], settings, with_agents=True) as process:
        await tell(process, "1")
        await eventually(has_seen(process, "1"))
        async with swallowing(process):
            await tell(process, "2")
        await tell(process, "3")
        await eventually(has_seen(process, "1", "2", "3"))


async def test_facts_lost_under_a_clock_that_was_ahead_are_told_again_once_it_is_right(settings: Settings) -> None:
    ahead = [timedelta(days=3)]
    clock = lambda: utc_now() + ahead[0]  # noqa: E731 - a clock, as others are
    async with running_node([toy_service()], settings, with_agents=True, clock=clock) as process:
        await tell(process, "1")
        await eventually(has_seen(process, "1"))
        async with swallowing(process):
            await tell(process, "2")
        ahead[0] = timedelta(0)
        await eventually(has_seen(process, "1", "2"))


async def test_a_listener_that_is_assigned_and_does_nothing_makes_the_node_not_ready(settings: Settings) -> None:
    async with running_node([toy_service()], settings, with_agents=True) as process, client_of(process) as client:
        await eventually(answers(client, lambda said: said["ready"] and said["broker"]))
        inbox = process.runners[0].inboxes["routine"]
        apply, gate = inbox.receive, asyncio.Event()

        async def stand_still(messages: list[Message]) -> None:
            await gate.wait()
            await apply(messages)

        inbox.receive = stand_still  # type: ignore[method-assign,assignment]
        await tell(process, "1")
        await eventually(answers(client, lambda said: not said["ready"]))
        said = (await client.get("/readyz")).json()
        assert said["broker"], "the flags say that all is well"
        assert standing(said)["stands_still"]
        assert standing(said)["unapplied"] == 1
        gate.set()
        await eventually(answers(client, lambda said: said["ready"] and standing(said)["unapplied"] == 0))


async def test_a_parked_fact_is_told_apart_and_leaves_the_node_ready(settings: Settings) -> None:
    async with running_node([toy_service()], settings, with_agents=True) as process, client_of(process) as client:
        await tell(process, "1", "bug", "3")
        await eventually(answers(client, lambda said: standing(said)["reason"] == "parked"))
        await asyncio.sleep(settings.stands_still_after_s + 1)
        said = (await client.get("/readyz")).json()
        assert (said["ready"], standing(said)["unapplied"], standing(said)["stands_still"]) == (True, 2, False)


async def test_what_a_service_told_is_for_services_of_the_node_alone(settings: Settings, tmp_path: Path) -> None:
    stranger = settings.model_copy(update={"data_dir": tmp_path / "other"})
    async with running_node([toy_service()], settings) as process, running_node([toy_service()], stranger) as other:
        await tell(process, "1")
        own, foreign = process.contexts["directory"], other.contexts["directory"]
        asked = f"/directory/internal/told?topic={settings.topic('directory.unit')}"
        async with client_of(process) as nobody, client_of(process, officer(Role.ADMIN)) as admin:
            assert (await nobody.get(asked)).status_code == 404
            assert (await admin.get(asked)).status_code == 404
            assert (await nobody.get(asked, headers=sign_call(foreign))).status_code == 404
            again = await admin.post("/directory/internal/told/again", json={"ids": [1]})
            assert again.status_code == 404
            assert len((await nobody.get(asked, headers=sign_call(own))).json()["rows"]) == 1
            assert (await nobody.get("/directory/events", headers=sign_call(own))).status_code == 401


async def test_a_service_whose_teller_runs_in_another_network_is_ready_and_says_so(settings: Settings) -> None:
    async with (
        running_node([toy_service("portal")], settings, with_agents=True) as process,
        client_of(process) as client,
    ):
        await eventually(answers(client, lambda said: said["ready"]))
        said = (await client.get("/readyz")).json()["progress"]["portal.routine"]["directory"]
        assert (said["reason"], said["unapplied"]) == ("teller_elsewhere", 0)
