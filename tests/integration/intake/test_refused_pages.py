"""A refused save is shown once nothing is being written any more: nobody waits for what is compared on that page."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from services.kernel.runtime.pages.comparing import COMPARING
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.intake.conftest import COMPLETE, ITEMS
from tests.support.apart import stands_still
from tests.support.waiting import eventually

FORM = {name: value for name, value in COMPLETE.items() if name != "non_secret_declared"}
HTML = {"Accept": "text/html"}


def long_text() -> str:
    """So much that is new is compared apart, and not answered from what was compared before."""
    return f"{new_id()}" + "甲乙丙丁" * 100


async def being_compared_or(done: asyncio.Task[httpx.Response]) -> bool:
    return COMPARING._asked > 0 or done.done()


async def save(clerk: httpx.AsyncClient, origin_id: str, **fields: str) -> httpx.Response:
    page = f"{ITEMS.replace('/api/v1', '')}/{origin_id}"
    return await clerk.post(page, data={**FORM, "action": "save", **fields}, headers=HTML)


async def draft(clerk: httpx.AsyncClient) -> str:
    answer = await clerk.post(ITEMS, json=COMPLETE)
    assert answer.status_code == 201
    origin_id: str = answer.json()["origin_id"]
    return origin_id


@pytest.mark.parametrize(
    ("status", "refused"),
    [(412, {"version": "7"}), (422, {"version": "1", "title": "长" * 300})],
    ids=["somebody else saved", "a field is too long"],
)
async def test_others_save_while_the_page_of_a_refused_save_is_made(
    as_clerk: httpx.AsyncClient, status: int, refused: dict[str, Any]
) -> None:
    origin_id, other = await draft(as_clerk), await draft(as_clerk)
    async with stands_still(COMPARING):
        slow = asyncio.create_task(save(as_clerk, origin_id, body=long_text(), **refused))
        await eventually(lambda: being_compared_or(slow))
        saved = await as_clerk.patch(f"{ITEMS}/{other}", json={"title": "另一件"}, headers={"If-Match": '"1"'})
        assert saved.status_code == 200
        assert not slow.done()
    assert (await slow).status_code == status
    kept = (await as_clerk.get(f"{ITEMS}/{origin_id}")).json()
    assert (kept["version"], kept["title"]) == (1, COMPLETE["title"])
