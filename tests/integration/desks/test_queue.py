"""The queue by hand and by key: a decision keeps the place, asks once, and can be taken back."""

from __future__ import annotations

import re

from playwright.async_api import expect

from services.kernel.language.vocabulary import InfoType, Role
from tests.integration.desks.conftest import WATER, Desks

QUEUE = "/review/queue"


async def test_five_decisions_in_a_filtered_list_keep_the_filter_and_leave_the_emergencies_alone(desks: Desks) -> None:
    emergency = await desks.reported("紧急一件", info_type=InfoType.EMERGENCY)
    for number in range(1, 4):
        await desks.reported(f"问题第 {number} 件")
    page = await desks.page(Role.EDITOR)
    await page.goto(f"{QUEUE}?kind=problem")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    for left in (2, 1, 0):
        await page.locator(".item-head h2").get_by_text("问题第").wait_for()
        await page.get_by_role("button", name="备用", exact=True).click()
        await expect(page.locator(".flash")).to_contain_text("已留作备用")
        await expect(page).to_have_url(re.compile("kind=problem"))
        await expect(page.locator(".queue-row.is-current")).to_have_count(1 if left else 0)
    assert (await desks.read(emergency))["status"] == "open"


async def test_what_was_kept_is_taken_back_by_the_button_that_stands_beside_the_word(desks: Desks) -> None:
    origin_id = await desks.reported("泵站老化")
    page = await desks.page(Role.EDITOR)
    await page.goto(f"{QUEUE}/{origin_id}")
    await page.get_by_role("button", name="备用", exact=True).click()
    await page.locator(".flash").get_by_role("button", name="撤销").click()
    await expect(page.locator(".flash")).to_contain_text("已放回待处理")
    assert (await desks.read(origin_id))["status"] == "open"


async def test_j_goes_on_past_the_fiftieth_row(desks: Desks) -> None:
    for number in range(52):
        await desks.hand_in(f"第 {number} 件")
    page = await desks.page(Role.REVIEWER, **WATER)
    await page.goto("/review/check?sort=title")
    await page.keyboard.press("j")
    for _ in range(50):
        await page.keyboard.press("j")
    await expect(page).to_have_url(re.compile("cursor="))
    await expect(page.locator(".queue-row")).to_have_count(2)
    await expect(page.locator(".queue-title").first).to_be_focused()
    await page.keyboard.press("k")
    await expect(page.locator(".queue-title").nth(49)).to_be_focused()


async def test_a_signature_by_key_is_asked_about_once_and_can_be_called_back(desks: Desks) -> None:
    origin_id = await desks.checked("泵站老化")
    page = await desks.page(Role.SIGNER, **WATER)
    await page.goto(f"/review/sign/{origin_id}")
    await page.keyboard.press("a")
    asked = page.get_by_role("dialog", name="签发上报？")
    await expect(asked).to_contain_text("收不回")
    await page.keyboard.press("Enter")
    await page.locator(".pending-bar").get_by_role("button", name="撤销").click()
    await expect(page.locator(".pending-bar")).to_have_count(0)
    signer = desks.office.client(Role.SIGNER, **WATER)
    assert (await signer.get(f"/review/api/v1/submissions/{origin_id}")).json()["status"] == "to_sign"
    await page.keyboard.press("a")
    await page.keyboard.press("Enter")
    await page.locator(".pending-bar").get_by_role("button", name="立即办理").click()
    await expect(page.locator(".flash")).to_contain_text("已签发，报送")
    assert (await desks.read(origin_id))["status"] == "open"


async def test_leaving_the_page_takes_the_step_that_was_agreed_to(desks: Desks) -> None:
    origin_id = await desks.checked("泵站老化")
    page = await desks.page(Role.SIGNER, **WATER)
    await page.goto(f"/review/sign/{origin_id}")
    await page.keyboard.press("a")
    await page.keyboard.press("Enter")
    await page.locator(".pending-bar").wait_for()
    await page.goto("/review/sign?show=sent")
    await page.wait_for_timeout(500)
    assert (await desks.read(origin_id))["status"] == "open"


async def test_the_list_of_keys_names_those_of_this_page(desks: Desks) -> None:
    origin_id = await desks.checked("泵站老化")
    page = await desks.page(Role.SIGNER, **WATER)
    await page.goto(f"/review/sign/{origin_id}")
    await page.keyboard.press("?")
    keys = page.locator(".keys-list")
    await expect(keys).to_contain_text("签发上报")
    await expect(keys).not_to_contain_text("拟采用")


async def test_a_return_sent_empty_names_both_fields_in_its_dialog(desks: Desks) -> None:
    origin_id = await desks.reported("泵站老化")
    page = await desks.page(Role.EDITOR)
    await page.goto(f"{QUEUE}/{origin_id}")
    await page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="退回修改")
    await expect(dialog.get_by_label("原因")).to_be_focused()
    await dialog.get_by_role("button", name="退回").click()
    await expect(dialog.locator(".field-error")).to_have_count(2)
    await expect(dialog).to_be_visible()


async def test_an_edition_that_was_not_saved_is_saved_before_the_item_is_adopted(desks: Desks) -> None:
    origin_id = await desks.reported("泵站老化")
    await desks.call(origin_id, "receive", Role.EDITOR)
    page = await desks.page(Role.EDITOR)
    await page.goto(f"{QUEUE}/{origin_id}?view=edit")
    await expect(page.get_by_role("button", name="保存本级稿")).to_be_in_viewport()
    await page.get_by_role("textbox", name="正文").fill("改过的正文，泵站抽排能力不足。")
    await page.get_by_role("button", name="拟采用").click()
    await page.get_by_role("dialog").get_by_role("button", name="拟采用").click()
    await expect(page.locator(".flash")).to_contain_text("已列为拟采用")
    found = await desks.read(origin_id)
    assert (found["status"], found["body"] if "body" in found else found["text"]["body"]) == (
        "selected",
        "改过的正文，泵站抽排能力不足。",
    )


async def test_an_answer_typed_and_left_is_offered_again(desks: Desks) -> None:
    origin_id = await desks.reported("泵站老化")
    await desks.call(origin_id, "ask", Role.EDITOR, body={"question": "几台泵？"})
    page = await desks.page(Role.CLERK, **WATER)
    await page.goto(f"/review/answers/{origin_id}")
    await page.get_by_role("textbox", name="答复").fill("三台。")
    await page.goto("/review/answers")
    await page.goto(f"/review/answers/{origin_id}")
    await page.get_by_role("button", name="恢复").click()
    await expect(page.get_by_role("textbox", name="答复")).to_have_value("三台。")
    await page.get_by_role("button", name="答复").click()
    await expect(page.locator(".flash")).to_contain_text("已答复")
    await page.goto(f"/review/answers/{origin_id}")
    await expect(page.get_by_role("button", name="恢复")).to_have_count(0)


async def test_a_check_that_was_refused_does_not_come_back_ticked(desks: Desks) -> None:
    origin_id = await desks.hand_in("泵站老化")
    page = await desks.page(Role.REVIEWER, **WATER)
    await page.goto(f"/review/check/{origin_id}")
    await page.get_by_label("事实、数字、时间、地点属实").check()
    await page.get_by_role("button", name="审核通过，送签发").click()
    await expect(page.locator("#check-form .field-error")).to_have_count(2)
    ticked = page.locator("#check-form input:checked")
    await expect(ticked).to_have_count(1)
    await expect(ticked).to_have_id("f-is_true")


async def test_a_list_longer_than_the_window_prints_to_its_end(desks: Desks) -> None:
    for number in range(30):
        await desks.hand_in(f"排涝泵站第{number}号")
    page = await desks.page(Role.REVIEWER, **WATER)
    await page.goto("/review/check")
    await page.emulate_media(media="print")
    hidden = await page.evaluate("""() => ['.queue-rows', '.queue-list', '.app'].map(
      (name) => document.querySelector(name)).filter((one) => one.scrollHeight > one.clientHeight).length""")
    row = await page.locator(".queue-row").last.bounding_box()
    assert (hidden, row is not None and row["y"] > 900) == (0, True)


async def test_signing_out_asks_about_what_is_written_and_leaves_nothing_on_the_machine(desks: Desks) -> None:
    origin_id = await desks.reported("泵站老化")
    page = await desks.page(Role.EDITOR)
    await page.goto(f"{QUEUE}/{origin_id}?view=questions")
    await page.get_by_role("textbox", name="请报送单位核实").fill("几台泵？")
    await page.get_by_text("已存本机").wait_for()
    await page.get_by_role("button", name="退出登录").click()
    async with page.expect_navigation():
        await page.get_by_role("dialog").get_by_role("button", name="继续办理").click()
    assert await page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))") == []
