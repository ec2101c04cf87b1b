"""The edge: one transaction per request, committed before the answer; a repeated request is answered once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from sqlalchemy import select

from services.kernel.language.refusal import InvalidInput, NotPermitted
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import (
    IfMatch,
    LiveMe,
    Me,
    Officer,
    Tx,
    asked_first,
    edge_router,
    of_thing,
)
from tests.integration.kernel.toy import APPLIED, applied, note, toy_service, unit
from tests.support.service import DISTRICT, client_of, officer, running_node, settings_for, unit_id

router = edge_router()


class NewNote(BaseModel, extra="forbid"):
    name: str = Field(max_length=20)


@router.post("/api/v1/notes", status_code=201)
async def write_note(body: NewNote, tx: Tx, me: Me) -> dict[str, str]:
    await note(tx, unit("a", body.name))
    return {"name": body.name}


@router.post("/api/v1/failing")
async def fail_after_writing(tx: Tx, me: Me) -> None:
    await note(tx, unit("a", "never"))
    raise ZeroDivisionError


@router.post("/api/v1/versions")
async def read_version(version: IfMatch) -> int:
    return version


@router.post("/api/v1/live")
async def need_live(me: LiveMe) -> str:
    return me.name


@router.post("/form")
async def page_that_keeps_input(tx: Tx, name: Annotated[str, Form()]) -> HTMLResponse:
    await note(tx, unit("a", name))
    if name == "wrong":
        return HTMLResponse(f"<input value={name}>", status_code=422)
    return HTMLResponse(name)


async def not_yet(session: AsyncSession, _thing: UUID, me: Officer) -> None:
    if not me.has(Role.CLERK) or (await session.execute(select(APPLIED))).first():
        raise NotPermitted


@router.post("/api/v1/once/{thing}")
@asked_first(of_thing("thing", not_yet))
async def write_once(thing: UUID, body: NewNote, tx: Tx, me: Me) -> dict[str, str]:
    await note(tx, unit("a", body.name))
    return {"name": body.name}


@router.post("/api/v1/refused")
async def refuse() -> None:
    raise InvalidInput(errors=[{"field": "x"}])


@pytest.fixture
async def process(node_database_url: str, tmp_path: Path) -> AsyncIterator[NodeProcess]:
    service = replace(toy_service(), routers=(router,))
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    async with running_node([service], settings) as running:
        yield running


@pytest.fixture
async def client(process: NodeProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(process, officer(Role.CLERK)) as made:
        yield made


async def notes(process: NodeProcess) -> list[str]:
    return (await applied(process.contexts["directory"].database)).get(str(unit_id("a")), [])


async def test_a_change_is_there_when_its_answer_is(process: NodeProcess, client: httpx.AsyncClient) -> None:
    assert (await client.post("/directory/api/v1/notes", json={"name": "1"})).status_code == 201
    assert await notes(process) == ["1"]


async def test_a_bug_rolls_back_and_answers_500_with_a_number_to_quote(
    process: NodeProcess, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/directory/api/v1/failing")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_fault"
    assert answer.json()["request_id"] in answer.json()["title"]
    assert await notes(process) == []


async def test_a_double_submit_with_one_key_takes_effect_once(process: NodeProcess, client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(
            client.post("/directory/api/v1/notes", json={"name": "1"}, headers={"Idempotency-Key": "k1"})
            for _ in range(4)
        )
    )
    assert [(a.status_code, a.json()) for a in answers] == [(201, {"name": "1"})] * 4
    assert await notes(process) == ["1"]


async def test_a_key_cannot_be_used_for_something_else(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k1"}
    await client.post("/directory/api/v1/notes", json={"name": "1"}, headers=key)
    answer = await client.post("/directory/api/v1/notes", json={"name": "2"}, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_whoever_may_not_is_told_so_before_the_body_is_looked_at(
    process: NodeProcess, client: httpx.AsyncClient
) -> None:
    sent: dict[str, Any] = {"content": "{", "headers": {"Content-Type": "application/json"}}
    address = f"/directory/api/v1/once/{unit_id('a')}"
    async with client_of(process) as stranger, client_of(process, officer(Role.LEADER)) as leader:
        answers = [await one.post(address, **sent) for one in (stranger, leader, client)]
    assert [answer.status_code for answer in answers] == [401, 403, 422]
    assert (await client.post("/directory/api/v1/once/x", **sent)).status_code == 404


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [("api/v1/once/{id}", "application/json", 403), ("form", "multipart/form-data; boundary=x", 401)],
    ids=["not permitted", "a cookie of nobody's"],
)
async def test_what_is_refused_for_who_sends_it_is_not_read(
    process: NodeProcess, path: str, kind: str, status: int
) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x" * 1000

    address = f"/directory/{path.format(id=unit_id('a'))}"
    async with client_of(process, officer(Role.LEADER) if status == 403 else None) as sender:
        sender.cookies.update({"shangda_session": "x", "shangda_csrf": "x"})
        answer = await sender.post(address, content=body(), headers={"Content-Type": kind})
    assert (answer.status_code, read) == (status, 0)


async def test_what_was_done_is_answered_again_though_it_may_not_be_done_again(client: httpx.AsyncClient) -> None:
    async def write(key: str) -> httpx.Response:
        address = f"/directory/api/v1/once/{unit_id('a')}"
        return await client.post(address, json={"name": "1"}, headers={"Idempotency-Key": key})

    assert [(await write(key)).status_code for key in ("k1", "k1", "k2")] == [200, 200, 403]


async def test_a_stranger_is_not_signed_in(process: NodeProcess) -> None:
    async with client_of(process) as stranger:
        answer = await stranger.post("/directory/api/v1/notes", json={"name": "1"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(
    ("content", "field"),
    [('{"name": 7}', "name"), ("{}", "name"), ('{"name": "1", "role": "admin"}', "role"), ("{", "1"), (f'{{"name": "{"x" * 21}"}}', "name")],
)  # fmt: skip
async def test_malformed_input_names_the_field(client: httpx.AsyncClient, content: str, field: str) -> None:
    answer = await client.post("/directory/api/v1/notes", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["errors"][0]["field"] == field


async def test_a_page_that_answers_with_an_error_keeps_the_input_and_changes_nothing(
    process: NodeProcess, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/directory/form", data={"name": "wrong"})
    assert (answer.status_code, answer.text) == (422, "<input value=wrong>")
    assert await notes(process) == []


@pytest.mark.parametrize(("given", "version"), [('"3"', 3), ('W/"3"', 3), ("3", 3)])
async def test_if_match_is_read_in_every_usual_form(client: httpx.AsyncClient, given: str, version: int) -> None:
    answer = await client.post("/directory/api/v1/versions", headers={"If-Match": given})
    assert answer.json() == version


async def test_a_change_without_version_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/directory/api/v1/versions")
    assert (answer.status_code, answer.json()["code"]) == (428, "version_required")


async def test_the_live_check_fails_closed_when_the_directory_does_not_answer(client: httpx.AsyncClient) -> None:
    answer = await client.post("/directory/api/v1/live")
    assert (answer.status_code, answer.json()["code"]) == (503, "directory_unreachable")


async def test_a_form_from_another_site_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/directory/form", data={"name": "1"}, headers={"Origin": "http://evil.test"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


async def test_a_form_that_rides_on_a_cookie_needs_the_pages_own_token(
    process: NodeProcess, client: httpx.AsyncClient
) -> None:
    token = client.headers.pop("Authorization").removeprefix("Bearer ")
    client.cookies.set("shangda_token", token)
    client.cookies.set("shangda_csrf", "c1")
    refused = await client.post("/directory/form", data={"name": "1"})
    accepted = await client.post("/directory/form", data={"name": "1", "csrf_token": "c1"})
    assert (refused.status_code, accepted.status_code) == (403, 200)
    assert await notes(process) == ["1"]


async def test_every_answer_says_what_a_browser_may_load(client: httpx.AsyncClient) -> None:
    answer = await client.get("/livez")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "http" not in answer.headers["content-security-policy"]


async def test_readiness_names_each_database(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.json()["databases"] == {"directory": True}


async def test_metrics_show_the_age_of_what_waits(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert 'shangda_outbox_unpublished_age_seconds{node="district",service="directory"}' in answer.text
