"""A form that is refused comes back as it was typed, once all that it wrote is undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from enum import StrEnum
from html import unescape
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from services.kernel.language.refusal import NotPermitted, Refusal
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Me, Tx, edge_router
from services.kernel.runtime.web.forms import Typed, comes_back, read_form
from tests.integration.kernel.toy import applied, note, toy_service, unit
from tests.support.service import DISTRICT, client_of, officer, running_node, settings_for, unit_id

router = edge_router()
HTML = {"Accept": "text/html"}


class Colour(StrEnum):
    RED = "red"


class NewNote(BaseModel):
    name: Annotated[str, Field(max_length=20, title="名称")]
    colour: Annotated[Colour | None, Field(title="颜色")] = None
    thing: Annotated[UUID | None, Field(title="事项")] = None
    tags: frozenset[str] = frozenset()
    is_loud: bool = False


class OnlyLater(Refusal):
    code = "only_later"
    message = "现在还不行。"


async def show_again(request: Request, session: AsyncSession, typed: Typed, refusal: Refusal) -> Response:
    """Others write meanwhile, which they could not while the form's own transaction is open."""
    context = request.app.state.context
    async with context.database.transaction(request.state.now) as tx:
        await note(tx, unit("b", "meanwhile"))
    said = {"fields": dict(typed.fields), "errors": dict(typed.errors), "message": typed.message, "by": refusal.code}
    return HTMLResponse(f"{said}", status_code=typed.status)


@router.post("/note")
@comes_back(show_again)
async def write(request: Request, me: Me, tx: Tx) -> Response:
    await note(tx, unit("a", "begun"))
    new = await read_form(request, NewNote)
    if new.name == "later":
        raise OnlyLater
    if new.name == "never":
        raise NotPermitted
    return HTMLResponse(f"{new!r}")


@router.post("/api/v1/note")
async def write_by_api(new: NewNote, me: Me) -> None:
    return None


@pytest.fixture
async def process(node_database_url: str, tmp_path: Path) -> AsyncIterator[NodeProcess]:
    service = replace(toy_service(), routers=(router,))
    async with running_node([service], settings_for(DISTRICT, tmp_path, database_url=node_database_url)) as running:
        yield running


@pytest.fixture
async def client(process: NodeProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(process, officer(Role.CLERK)) as made:
        yield made


async def notes(process: NodeProcess, key: str) -> list[str]:
    return (await applied(process.contexts["directory"].database)).get(str(unit_id(key)), [])


async def test_the_page_of_a_refused_form_is_made_when_nothing_of_it_is_written(
    process: NodeProcess, client: httpx.AsyncClient
) -> None:
    typed = {"name": "later", "tags": ["x", "y"], "is_loud": "on", "other": "kept"}
    answer = await client.post("/directory/note", data=typed, headers=HTML)
    assert answer.status_code == 409
    assert "'message': '现在还不行。', 'by': 'only_later'" in unescape(answer.text)
    assert "'tags': ['x', 'y'], 'is_loud': True" in unescape(answer.text)
    assert "'other': 'kept'" in unescape(answer.text)
    assert (await notes(process, "a"), await notes(process, "b")) == ([], ["meanwhile"])


async def test_each_field_says_once_and_by_its_name_what_is_wrong(client: httpx.AsyncClient) -> None:
    wrong = {"name": "x" * 21, "colour": "blue", "thing": "seven"}
    answer = await client.post("/directory/note", data=wrong, headers=HTML)
    assert answer.status_code == 422
    assert "'message': ''" in answer.text
    for sentence in ("名称最多 20 字，现有 21 字，请删减。", "请从列出的选项中选择颜色。", "请选择事项。"):
        assert answer.text.count(sentence) == 1
    nameless = await client.post("/directory/note", data={"colour": "red"}, headers=HTML)
    assert "请填写名称。" in nameless.text


async def test_a_control_left_blank_says_nothing(process: NodeProcess, client: httpx.AsyncClient) -> None:
    blank: dict[str, Any] = {"name": "", "colour": "", "thing": ""}
    answer = await client.post("/directory/note", data=blank, headers=HTML)
    assert answer.text == repr(NewNote(name=""))
    assert await notes(process, "a") == ["begun"]


async def test_who_may_not_do_it_at_all_is_shown_no_form(process: NodeProcess, client: httpx.AsyncClient) -> None:
    answer = await client.post("/directory/note", data={"name": "never"}, headers=HTML)
    assert (answer.status_code, "没有权限" in answer.text) == (403, True)
    assert await notes(process, "b") == []


async def test_a_program_that_posts_a_form_is_answered_as_a_program(client: httpx.AsyncClient) -> None:
    headers = {"Accept": "application/json"}
    answer = await client.post("/directory/note", data={"name": "later"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "only_later")


async def test_programs_are_told_the_kind_of_fault_in_the_same_words(client: httpx.AsyncClient) -> None:
    answer = await client.post("/directory/api/v1/note", json={"name": 7})
    assert answer.json()["errors"] == [{"field": "name", "code": "string_type", "message": "名称应为文字。"}]
