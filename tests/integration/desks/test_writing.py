"""The writing form: where a text is, what comes back of it, and what is not kept."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.integration.desks.conftest import Writing
from tests.journeys.manuscripts import problem_in_word

NEW = "/intake/submissions/new"


async def written(page: Page) -> None:
    """An emergency with its time, typed but not sent."""
    await page.locator(".choice:has(input[value=emergency])").click()
    await page.get_by_role("textbox", name="标题").fill("龙潭乡山体滑坡")
    await page.get_by_role("textbox", name="正文").fill("今晨六时发生滑坡。")
    await page.locator("input[type=datetime-local]").first.fill("2026-11-24T06:00")


async def test_offline_the_draft_stays_in_the_form_and_only_one_place_says_where_it_is(write: Writing) -> None:
    page = await write(NEW)
    await page.context.set_offline(True)
    await written(page)
    await page.get_by_role("button", name="存草稿").click()
    state = page.locator("#save-state")
    await expect(state).to_contain_text("网络已断开")
    await expect(state).to_be_in_viewport()
    await expect(page).to_have_url(re.compile("/new$"))
    await expect(page.get_by_role("textbox", name="标题")).to_have_value("龙潭乡山体滑坡")
    await page.context.set_offline(False)
    await expect(state).to_contain_text("已存到服务器")
    assert "已存本机" not in await page.inner_text("body")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="提交审核人").click()
    await expect(state).to_contain_text("没有提交")
    await page.context.set_offline(False)
    await page.get_by_role("textbox", name="标题").fill("龙潭乡山体滑坡（续）")
    await expect(state).to_contain_text("已存到服务器")


async def test_restored_all_fields_come_back_open_and_go_on_being_saved(write: Writing) -> None:
    page = await write(NEW)
    await page.route("**/intake/api/v1/submissions", lambda route: route.abort())
    await written(page)
    await page.wait_for_timeout(1000)
    again = await write(NEW)
    await again.get_by_role("button", name="恢复").click()
    await expect(again.locator("input[value=emergency]")).to_be_checked()
    await expect(again.locator("input[type=datetime-local]").first).to_be_visible()
    await expect(again.locator("input[type=datetime-local]").first).to_have_value("2026-11-24T06:00")
    await expect(again.locator("#save-state")).to_contain_text("已存到服务器")
    await again.reload()
    await expect(again.locator("input[value=emergency]")).to_be_checked()
    await expect(again.get_by_role("button", name="恢复")).to_have_count(0)


async def test_a_session_that_ends_leads_back_to_the_very_form(write: Writing) -> None:
    page = await write(NEW)
    await page.get_by_role("textbox", name="标题").fill("龙潭乡山体滑坡")
    await expect(page.locator("#save-state")).to_contain_text("已存到服务器")
    await page.context.clear_cookies(name="shangda_token")
    await page.get_by_role("textbox", name="正文").fill("今晨六时。" * 400)
    notice = page.locator(".form-bar")
    await expect(notice).to_contain_text("登录已过期")
    await page.mouse.wheel(0, 2000)
    await expect(notice).to_be_in_viewport()
    await expect(page.locator("#save-state")).to_contain_text("没有存到服务器")
    assert await notice.get_by_role("link", name="重新登录").get_attribute("href") == page.url


async def test_a_submit_without_a_text_leaves_no_draft(write: Writing) -> None:
    page = await write(NEW)
    await page.get_by_role("button", name="提交审核人").click()
    await expect(page.get_by_role("alert")).to_contain_text("处要改")
    await page.goto("/intake/submissions?tab=draft")
    await expect(page.locator(".item-row")).to_have_count(0)


async def test_a_refused_file_leaves_no_draft(write: Writing) -> None:
    page = await write(NEW)
    await page.locator("#f-file").set_input_files({"name": "a.exe", "mimeType": "text/plain", "buffer": b"MZ"})
    await expect(page.locator("#file-list .is-wrong")).to_be_visible()
    await expect(page.locator("#save-state")).to_contain_text("尚未保存")
    await page.goto("/intake/submissions?tab=draft")
    await expect(page.locator(".item-row")).to_have_count(0)


async def test_several_drafts_are_deleted_together_and_brought_back(write: Writing) -> None:
    page = await write(NEW)
    for number in range(3):
        await page.goto(NEW)
        await page.get_by_role("textbox", name="标题").fill(f"草稿 {number}")
        await page.get_by_role("button", name="存草稿").click()
        await expect(page.locator("#save-state")).to_contain_text("已存到服务器")
    address = page.url
    await page.goto("/intake/submissions?tab=draft")
    for number in (1, 2):
        await page.get_by_label(f"勾选 草稿 {number}").check()
    await page.get_by_role("button", name="删除勾选的草稿").click()
    await page.get_by_role("dialog").get_by_role("button", name="删除").click()
    await expect(page.locator(".item-row")).to_have_count(1)
    await page.goto(address)
    await expect(page).to_have_url(re.compile("/intake/submissions.discarded="))
    await page.goto("/intake/submissions?tab=draft")
    await expect(page.locator(".item-row")).to_have_count(1)


async def test_a_telephone_number_that_was_refused_is_not_offered_again(write: Writing) -> None:
    page = await write(NEW)
    await page.get_by_role("textbox", name="标题").fill("草稿")
    await page.get_by_role("textbox", name="联系电话").fill("没有电话")
    await expect(page.locator("#save-state")).to_contain_text("已存到服务器")
    await page.goto(NEW)
    await expect(page.get_by_role("textbox", name="联系电话")).to_have_value("")


async def test_the_word_about_a_document_that_was_read_stands_after_it_is_saved(write: Writing) -> None:
    page = await write(NEW)
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    await page.locator("#f-document").set_input_files(
        {"name": "冻损.docx", "mimeType": word, "buffer": problem_in_word()}
    )
    await expect(page.locator(".form-bar")).to_contain_text("标题和正文已填入")
    await expect(page.locator("#save-state")).to_contain_text("已存到服务器")
    await expect(page.locator(".form-bar")).to_contain_text("标题和正文已填入")
