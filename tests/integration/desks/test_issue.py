"""Putting an issue together: what is written survives what is done beside it, and a signature is asked about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from playwright.async_api import Page, expect

from services.kernel.language.vocabulary import Role
from tests.integration.desks.conftest import Desks


async def begun(desks: Desks) -> tuple[UUID, list[UUID]]:
    """An issue with two items."""
    editor = desks.office.client(Role.EDITOR)
    periodical = (await editor.get("/review/api/v1/periodicals")).json()["items"][0]["periodical_id"]
    items = [await desks.reported(title) for title in ("甲稿", "乙稿")]
    chosen: list[Any] = [
        await desks.call(one, "adopt", Role.EDITOR, body={"periodical_id": periodical, "mode": "single"})
        for one in items
    ]
    return chosen[0]["issue_id"], items


async def opened(desks: Desks, issue_id: UUID, *roles: Role) -> Page:
    page = await desks.page(*roles)
    await page.goto(f"/review/issues/{issue_id}")
    return page


async def test_a_note_that_was_not_saved_stays_when_an_item_is_moved(desks: Desks) -> None:
    issue_id, _ = await begun(desks)
    page = await opened(desks, issue_id, Role.EDITOR)
    await page.get_by_role("textbox", name="按语").fill("两件都请重视。")
    await page.get_by_role("textbox", name="印数").fill("35")
    await page.get_by_role("textbox", name="报", exact=True).fill("区委书记")
    await page.get_by_role("button", name="上移：乙稿").click()
    await expect(page.locator(".order-title").first).to_have_text("乙稿")
    await expect(page.get_by_role("textbox", name="按语")).to_have_value("两件都请重视。")
    await expect(page.get_by_role("textbox", name="印数")).to_have_value("35")
    issue = (await desks.office.client(Role.EDITOR).get(f"/review/api/v1/issues/{issue_id}")).json()
    assert (issue["note"], issue["copies"], issue["report_to"]) == ("两件都请重视。", 35, "区委书记")


async def test_signing_names_the_question_that_is_still_open(desks: Desks) -> None:
    issue_id, items = await begun(desks)
    await desks.call(items[0], "ask", Role.EDITOR, body={"question": "几台泵？"})
    page = await opened(desks, issue_id, Role.CHIEF)
    await page.get_by_role("button", name="签发第 1 期").click()
    asked = page.get_by_role("dialog")
    await expect(asked).to_contain_text("2 篇由拟采用转为采用")
    await expect(asked).to_contain_text("核实未答复：甲稿")
    await asked.get_by_role("button", name="返回").click()
    await expect(page.locator(".pending-bar")).to_have_count(0)
    issue = (await desks.office.client(Role.CHIEF).get(f"/review/api/v1/issues/{issue_id}")).json()
    assert issue["status"] == "draft"
