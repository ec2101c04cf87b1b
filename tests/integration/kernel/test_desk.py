"""The event desk: an administrator sees what waits, repairs and replays it; nobody else does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.running.process import NodeProcess
from services.kernel.runtime.telling.inbox import Inbox
from tests.integration.kernel.test_outbox_and_inbox import messages, tell
from tests.integration.kernel.toy import LISTENS_TO, applied, confirming, toy_service, unit
from tests.support.service import DISTRICT, NOW, client_of, officer, running_node, settings_for, unit_id

HTML = {"accept": "text/html"}


@pytest.fixture
def routers() -> tuple[APIRouter, ...]:
    return ()


@pytest.fixture
async def process(node_database_url: str, tmp_path: Path, routers: tuple[APIRouter, ...]) -> AsyncIterator[NodeProcess]:
    settings = settings_for(DISTRICT, tmp_path, database_url=node_database_url)
    async with running_node([replace(toy_service(), routers=routers)], settings) as running:
        database = running.contexts["directory"].database
        inbox = Inbox(database, LISTENS_TO, consumer="directory.routine", prefix="district", clock=lambda: NOW)
        await tell(database, unit("a", "1"), unit("a", "bug <b>"), unit("a", "3"))
        await inbox.receive(await messages(database))
        yield running


@pytest.fixture
async def admin(process: NodeProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(process, officer(Role.ADMIN)) as client:
        yield client


async def test_what_waits_beyond_a_page_is_on_the_next_one(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kernel.runtime.pages.event_desk.api.PAGE_SIZE", 1)
    first = (await admin.get("/directory/api/v1/events")).json()
    second = (await admin.get("/directory/api/v1/events", params={"cursor": first["next"]})).json()
    assert [[one["kind"] for one in page["items"]] for page in (first, second)] == [["parked"], ["held"]]
    assert second["next"] is None
    listed = (await admin.get("/directory/events", headers=HTML)).text
    assert f'rel="next" href="/directory/events?cursor={first["next"]}"' in listed


async def test_an_administrator_sees_what_waits_and_why(admin: httpx.AsyncClient) -> None:
    items = (await admin.get("/directory/api/v1/events")).json()["items"]
    assert [(item["kind"], item["sequence"]) for item in items] == [("parked", 2), ("held", 3)]
    assert "ZeroDivisionError" in items[0]["reason"]
    listed = await admin.get("/directory/events", headers=HTML)
    shown = await admin.get(f"/directory/events/{items[0]['id']}", headers=HTML)
    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "处理这条信息时程序出错" in listed.text
    assert "ZeroDivisionError" not in listed.text, "the technical text is folded away on the event's own page"
    assert "同一事项后面还有 1 条在等它。" in shown.text
    assert (items[1]["cause"], items[1]["parked_before"]) == ("behind_parked", items[0]["id"])
    assert "<b>" not in shown.text.split("<textarea")[1].split("</textarea>")[0]


async def test_others_do_not(process: NodeProcess) -> None:
    async with client_of(process, officer(Role.EDITOR)) as editor:
        assert (await editor.get("/directory/events", headers=HTML)).status_code == 403


@pytest.mark.parametrize("path", ["/directory/events/999999", "/directory/events/nonsense"])
async def test_what_does_not_wait_is_not_found(admin: httpx.AsyncClient, path: str) -> None:
    assert (await admin.get(path, headers=HTML)).status_code == 404


async def test_repairing_needs_the_live_directory(process: NodeProcess, admin: httpx.AsyncClient) -> None:
    items = (await admin.get("/directory/api/v1/events")).json()["items"]
    answer = await admin.post(f"/directory/events/{items[0]['id']}/replay")
    assert answer.json()["code"] == "directory_unreachable"
    assert await applied(process.contexts["directory"].database) == {str(unit_id("a")): ["1"]}


def shown_in(page: str) -> str:
    """What stands in the page's text area."""
    return unescape(page.split("<textarea")[1].split("</textarea>", maxsplit=1)[0].split(">\n", 1)[1])


@pytest.mark.parametrize("routers", [(confirming,)], ids=["with a directory"])
async def test_what_waits_is_repaired_on_its_page(process: NodeProcess, admin: httpx.AsyncClient) -> None:
    parked = (await admin.get("/directory/api/v1/events")).json()["items"][0]["id"]
    address = f"/directory/events/{parked}"

    async def send(body: str) -> httpx.Response:
        return await admin.post(f"{address}/repair", data={"body": body}, headers=HTML)

    before = (await admin.get(address, headers=HTML)).text
    empty = await send("")
    assert (empty.status_code, empty.text.count("请填写原文。"), shown_in(empty.text)) == (422, 1, "")
    for wrong in ("{", '{"name": "<b>"}'):
        refused = await send(wrong)
        assert (refused.status_code, shown_in(refused.text)) == (422, wrong)
        assert refused.text.count("修改后的内容仍不符合这类记录的格式。") == 1
        assert '<details class="panel event-technical" open>' in refused.text
    assert (await admin.get(address, headers=HTML)).text.split("<textarea")[1] == before.split("<textarea")[1]

    data = json.loads(shown_in(before))
    repaired = await send(json.dumps(data | {"name": "2"}))
    assert (repaired.status_code, repaired.headers["location"]) == (303, address)
    assert '"name": "2"' in shown_in((await admin.get(address, headers=HTML)).text)
    replayed = await admin.post(f"{address}/replay", headers=HTML)
    assert (replayed.status_code, replayed.headers["location"]) == (303, "/directory/events")
    assert await applied(process.contexts["directory"].database) == {str(unit_id("a")): ["1", "2", "3"]}


@pytest.mark.parametrize("routers", [(confirming,)], ids=["with a directory"])
async def test_nobody_else_repairs(process: NodeProcess) -> None:
    async with client_of(process, officer(Role.EDITOR)) as editor:
        assert (await editor.post("/directory/events/1/repair", data={"body": "{}"}, headers=HTML)).status_code == 403
