"""What an edition changes is worked out before its transaction: nobody waits for that, and what changed meanwhile is noticed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.comparing import COMPARING
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.review.office import BODY, Office
from tests.integration.review.test_races import ITEMS, reported
from tests.support.apart import stands_still
from tests.support.waiting import eventually


def long_text() -> str:
    """So much that is new is compared apart, and not answered from what was compared before."""
    return f"{new_id()}" + "甲乙丙丁" * 100


async def is_being_compared() -> bool:
    return COMPARING._asked > 0


async def save(editor: httpx.AsyncClient, origin_id: object, body: str) -> httpx.Response:
    """Save an edition over the newest version."""
    address = f"{ITEMS}/{origin_id}"
    version = (await editor.get(address)).headers["etag"]
    return await editor.patch(address, json={"body": body}, headers={"If-Match": version})


async def test_nobody_waits_to_save_while_a_text_is_being_compared(district: Office) -> None:
    editor = district.client(Role.EDITOR)
    first, second = await reported(district), await reported(district)
    async with stands_still(COMPARING):
        slow = asyncio.create_task(save(editor, first, long_text()))
        await eventually(is_being_compared)
        assert (await save(editor, second, f"{BODY}已核实。")).status_code == 200
        assert not slow.done()
    assert (await slow).status_code == 200


def patch(editor: httpx.AsyncClient, origin_id: object) -> Any:
    return save(editor, origin_id, long_text())


def forward(editor: httpx.AsyncClient, origin_id: object) -> Any:
    return editor.post(f"{ITEMS}/{origin_id}/forward", json={"body": long_text()})


@pytest.mark.parametrize("write", [patch, forward])
async def test_what_was_compared_with_a_text_that_counts_no_more_is_not_saved(
    district: Office, write: Callable[..., Any]
) -> None:
    editor, origin_id = district.client(Role.EDITOR), await reported(district)
    async with stands_still(COMPARING):
        slow = asyncio.create_task(write(editor, origin_id))
        await eventually(is_being_compared)
        assert (await save(editor, origin_id, f"{BODY}已核实。")).status_code == 200
    answer = await slow
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
    shown = (await editor.get(f"{ITEMS}/{origin_id}")).text
    assert ("已核实" in shown, "甲乙丙丁" in shown) == (True, False)


async def test_a_saved_request_that_comes_again_gets_its_first_answer(district: Office) -> None:
    editor, origin_id = district.client(Role.EDITOR), await reported(district)
    version = (await editor.get(f"{ITEMS}/{origin_id}")).headers["etag"]
    sent: dict[str, Any] = {"json": {"body": long_text()}, "headers": {"If-Match": version, "Idempotency-Key": "a"}}
    answers = [await editor.patch(f"{ITEMS}/{origin_id}", **sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
