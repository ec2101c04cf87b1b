"""What an editing office does by hand: decide, put issues together, send on, record, publish."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import APIResponse, Locator, expect

from tests.journeys.seats import Seat
from tests.journeys.writing import open_item

QUEUE = "/review/queue"


def take_in(editor: Seat, title: str, show: str = "open") -> None:
    """Open an item in the queue, which signs for it."""
    open_item(editor, f"{QUEUE}?show={show}", title)


def view(seat: Seat, name: str) -> None:
    """Turn to one of the views of the open item."""
    seat.page.locator(".item-tabs").get_by_role("link", name=name).click()


def edit(editor: Seat, replaced: dict[str, str], title: str = "") -> None:
    """Change this office's edition of the open item: texts by what they become."""
    view(editor, "本级稿")
    body = editor.field("正文").input_value()
    for old, new in replaced.items():
        assert old in body
        body = body.replace(old, new)
    editor.fill("正文", body)
    if title:
        editor.fill("标题", title)
    editor.press("保存本级稿")
    editor.is_told("本级稿已保存。")


def ask(editor: Seat, question: str) -> None:
    """Ask the sender's unit about the open item; it stays in the queue."""
    view(editor, "核实")
    editor.fill("请报送单位核实", question)
    editor.press("发出核实")


def give_reason(editor: Seat, opener: str, reason_code: str, reason: str, button: str) -> None:
    """Open a dialog that wants a reason, give it, confirm."""
    editor.page.locator(".action-bar").get_by_role("link", name=opener).click()
    dialog = editor.page.get_by_role("dialog")
    dialog.get_by_label("原因").select_option(label=reason_code)
    dialog.get_by_role("textbox").fill(reason)
    dialog.get_by_role("button", name=button).click()


def return_item(editor: Seat, title: str, reason: str) -> None:
    """Send an item back with what is missing."""
    take_in(editor, title)
    give_reason(editor, "退回修改", "要素不全", reason, "退回")
    editor.is_told("已退回修改，报送单位会看到理由。")


def decline(editor: Seat, title: str, reason: str) -> None:
    """Mark an item as not used."""
    take_in(editor, title)
    give_reason(editor, "未采用", "参考价值不够", reason, "标为未采用")
    editor.is_told("已标为未采用。")


def keep(editor: Seat, title: str) -> None:
    """Keep an item for later."""
    take_in(editor, title)
    editor.press("备用")
    editor.is_told("已留作备用。")


def select(editor: Seat, title: str, periodical: str) -> None:
    """Select an item for the next issue of a periodical."""
    take_in(editor, title)
    editor.field("采用到").select_option(label=periodical)
    editor.agree("拟采用")
    editor.is_told("已列为拟采用，刊物签发后才算采用。")


def open_issue(seat: Seat) -> None:
    """Open the issue that is being put together."""
    seat.open("/review/issues")
    seat.page.get_by_role("link", name="编排", exact=True).first.click()
    expect(seat.page.locator(".order-title").first).to_be_visible()


def in_issue(seat: Seat) -> list[str]:
    """Titles of the issue on the page, in its order."""
    return seat.page.locator(".order-title").all_inner_texts()


def move(seat: Seat, how: str, title: str) -> None:
    """Move an item of the issue: 上移, 下移 or 移出."""
    before = in_issue(seat)
    seat.page.get_by_role("button", name=f"{how}：{title}").click()
    seat.page.wait_for_function(
        "(before) => [...document.querySelectorAll('.order-title')].map((one) => one.innerText).join() !== before",
        arg=",".join(before),
    )


def sign_issue(chief: Seat) -> int:
    """Sign the issue on the page; its number."""
    name = re.compile(r"^签发第 \d+ 期").match(
        chief.page.get_by_role("button", name=re.compile(r"^签发第")).inner_text()
    )
    assert name is not None
    chief.agree(name[0], waits=True)
    said = chief.page.locator(".flash").get_by_text("已签发，期号为第")
    expect(said).to_be_visible()
    found = re.search(r"第 (\d+) 期", said.inner_text())
    assert found is not None
    return int(found.group(1))


def fetch(seat: Seat, link: Locator) -> APIResponse:
    """What stands behind a link, asked for as the officer."""
    answer = seat.page.request.get(str(link.get_attribute("href")))
    assert answer.ok, (answer.status, answer.text()[:300])
    return answer


def record_instruction(editor: Seat, title: str, said: dict[str, Any]) -> None:
    """Record a leader's instruction on an adopted item; how much is told below stays as the form offers it."""
    take_in(editor, title, show="adopted")
    view(editor, "批示")
    editor.fill("领导姓名", said["leader_name"])
    editor.fill("批示内容", said["text"])
    expect(editor.page.get_by_label(re.compile("^仅告知已有批示"))).to_be_checked()
    editor.press("登记批示")
    editor.is_told("批示已登记。")
