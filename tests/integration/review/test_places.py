"""A decision leads on in the list that it was made from; what is open is marked there, and only to who may see it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kernel.language.vocabulary import InfoType, Role
from services.kernel.runtime.pages.flash import FLASH_COOKIE
from services.kernel.runtime.web.identity import SESSION_COOKIE
from tests.integration.review.office import Office
from tests.integration.review.test_pages import WATER, browser, hand_in, read, reported, version_in

QUEUE = "/review/queue"


@pytest.fixture
def database_kind() -> str:
    """Pages add nothing to what the database tests cover: once is enough."""
    return "sqlite"


async def posted(editor: httpx.AsyncClient, address: str, verb: str, **fields: Any) -> str:
    """Post one decision from the item's page; where it leads."""
    path, _, query = address.partition("?")
    version = version_in(await read(editor, address))
    answer = await editor.post(f"{path}/{verb}?{query}", data={"version": version, **fields})
    assert answer.status_code == 303, answer.text[:600]
    return str(answer.headers["location"])


async def test_each_decision_opens_the_next_item_of_the_filtered_list_and_the_last_the_list(district: Office) -> None:
    await reported(district, title="紧急一件", info_type=InfoType.EMERGENCY)
    for number in range(4):
        await reported(district, title=f"第{number}件")
    editor = browser(district.client(Role.EDITOR))
    listed = re.findall(rf'class="queue-title" href="({QUEUE}/[^"]+)"', await read(editor, f"{QUEUE}?kind=problem"))
    assert len(listed) == 4
    periodical = (await editor.get("/review/api/v1/periodicals")).json()["items"][0]["periodical_id"]
    steps: list[tuple[str, dict[str, str]]] = [
        ("return", {"reason_code": "incomplete", "reason": "请补。"}),
        ("decline", {"reason_code": "low_value", "reason": ""}),
        ("keep", {}),
        ("adopt", {"periodical_id": periodical, "mode": "single"}),
    ]
    shown = await read(editor, listed[0])
    codes = [
        re.findall(rf'id="d-{kind}-code".*?<option value="(\w+)"', shown, re.DOTALL) for kind in ("return", "decline")
    ]
    steps[0][1]["reason_code"], steps[1][1]["reason_code"] = codes[0][0], codes[1][0]
    for place, (verb, fields) in enumerate(steps):
        after = await posted(editor, listed[place], verb, **fields)
        assert after == (listed[place + 1] if place < 3 else f"{QUEUE}?kind=problem")


async def test_an_item_that_its_list_does_not_show_is_marked_above_it(district: Office) -> None:
    opened = await reported(district, title="紧急一件", info_type=InfoType.EMERGENCY)
    await reported(district, title="问题一件")
    page = await read(browser(district.client(Role.EDITOR)), f"{QUEUE}/{opened}?kind=problem")
    assert re.search(r"is-current[^>]*>.*?紧急一件.*?问题一件", page, re.DOTALL)


async def test_no_row_tells_of_an_item_that_is_not_the_readers(district: Office) -> None:
    inside: UUID = await hand_in(district, title="还在水利局的一件")
    rows = await read(browser(district.client(Role.EDITOR)), f"{QUEUE}/rows?current={inside}")
    assert "还在水利局" not in rows
    assert "还在水利局" in await read(
        browser(district.client(Role.REVIEWER, **WATER)), f"/review/check/rows?current={inside}"
    )


@pytest.mark.parametrize(("cookies", "is_said"), [({SESSION_COOKIE: "ended"}, True), ({}, False)])
async def test_sign_in_says_that_a_session_ended_where_there_was_one(
    district: Office, cookies: dict[str, str], *, is_said: bool
) -> None:
    transport = district.client(Role.EDITOR)._transport
    stranger = httpx.AsyncClient(transport=transport, base_url="http://node.test", cookies=cookies)
    answer = await stranger.get(QUEUE, headers={"accept": "text/html"})
    assert (answer.headers["location"], FLASH_COOKIE in answer.cookies) == (f"/login?next={QUEUE}", is_said)
