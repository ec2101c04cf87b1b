"""Every service hears which sign-ins ended, and from then on refuses their tokens, a write without a moment's grace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from services.kernel.language.events.directory import SessionEnded
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.heard.ended import ASK_AGAIN_S, note_ended_sessions
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.web.tokens import sign_token, verify_token
from services.node import build_service
from tests.integration.kernel.test_edge import router
from tests.integration.kernel.toy import toy_service
from tests.support.replaying import envelope_for, hear
from tests.support.service import DISTRICT, client_of, officer, running_node, settings_for

READABLE = {
    "intake": "/intake/api/v1/submissions",
    "review": "/review/api/v1/periodicals",
    "disclosure": "/disclosure/api/v1/categories",
    "stats": "/stats/api/v1/rulesets",
    "exchange": "/exchange/api/v1/links",
}


def ended(session_id: UUID, process: NodeProcess) -> SessionEnded:
    now = next(iter(process.contexts.values())).clock()
    return SessionEnded(officer_id=new_id(), session_ids=(session_id,), ended_at=now)


def signed_in(process: NodeProcess, session_id: UUID) -> httpx.AsyncClient:
    client = client_of(process, officer(*Role))
    context = next(iter(process.contexts.values()))
    token = client.headers["Authorization"].removeprefix("Bearer ")
    claims = verify_token(token, context.token_keys.public, context.clock(), context.node.node_id)
    token = sign_token(replace(claims, session_id=str(session_id)), context.token_keys.private)
    client.headers["Authorization"] = f"Bearer {token}"
    return client


@pytest.mark.parametrize("name", READABLE)
async def test_a_service_that_hears_of_an_end_refuses_that_sign_in_and_no_other(
    name: str, node_database_url: str, tmp_path: Path
) -> None:
    service, gone, other = build_service(name), new_id(), new_id()
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    async with (
        running_node([service], settings) as process,
        signed_in(process, gone) as client,
        signed_in(process, other) as neighbour,
    ):
        assert (await client.get(READABLE[name])).status_code == 200
        fact = ended(gone, process)
        for _ in range(2):
            envelope = envelope_for(fact, fact.ended_at, node="district")
            await hear(service, process.contexts[name].database, "directory.session", envelope)
        assert (await client.get(READABLE[name])).status_code == 401
        assert (await neighbour.get(READABLE[name])).status_code == 200


@pytest.fixture
async def process(node_database_url: str, tmp_path: Path) -> AsyncIterator[NodeProcess]:
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    async with running_node([replace(toy_service(), routers=(router,))], settings) as running:
        yield running


async def test_what_another_process_wrote_stops_a_write_at_once_and_a_look_within_a_second(
    process: NodeProcess,
) -> None:
    session_id, context = new_id(), process.contexts["directory"]
    elsewhere = Database(context.database.url, service="directory", node=context.node)
    async with signed_in(process, session_id) as client:
        assert (await client.post("/directory/api/v1/notes", json={"name": "1"})).status_code == 201
        async with elsewhere.transaction(context.clock()) as tx:
            await note_ended_sessions(tx, ended(session_id, process))
        await elsewhere.close()
        written = await client.post("/directory/api/v1/notes", json={"name": "2"})
        assert (written.status_code, written.json()["code"]) == (401, "not_signed_in")
        await asyncio.sleep(ASK_AGAIN_S)
        assert (await client.get("/directory/live?channel=x")).status_code == 401


async def test_a_live_page_of_a_sign_in_that_ended_hears_nothing_more(process: NodeProcess) -> None:
    session_id, context = new_id(), process.contexts["directory"]
    async with signed_in(process, session_id) as client:
        listening = asyncio.create_task(client.get("/directory/live?channel=x"))
        async with context.database.transaction(context.clock()) as tx:
            await note_ended_sessions(tx, ended(session_id, process))
        while not listening.done():
            context.signals.publish("x")
            await asyncio.sleep(0.01)
        assert "changed" not in (await listening).text
