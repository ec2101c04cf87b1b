"""Writing, checking and signing inside a unit, by hand."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from services.kernel.language.vocabulary import InfoType, Level, SignMode
from tests.journeys.seats import Seat

TRIES = 40
BETWEEN_TRIES_MS = 500

_TO_BE_CONFIRMED = ("事实、数字、时间、地点属实", "表述准确，没有评价性用语", "内容和附件都不涉密")
_LABELS = {
    "title": "标题",
    "body": "正文",
    "author_name": "撰稿人",
    "author_phone": "联系电话",
    "own_efforts": "已做工作",
    "help_wanted": "希望上级协调解决的事项",
    "source": "信息来源",
}
_CARRY = """
([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], name));
  return carried;
}
"""


@dataclass(frozen=True)
class WritingForm:
    """The form that an item is written in."""

    seat: Seat

    def begin(self) -> None:
        """Start a new item from the list of one's own."""
        self.seat.open("/intake/submissions")
        self.seat.follow("写信息")

    def take_up(self, title: str) -> None:
        """Open a draft of that title from the list."""
        self.seat.open("/intake/submissions?tab=draft")
        self.seat.follow(title)

    def choose_type(self, info_type: InfoType) -> None:
        """Say which type of information it is."""
        self.seat.page.locator(f".choice:has(input[value={info_type.value}])").click()

    def fill_in(self, draft: Mapping[str, object]) -> None:
        """Write what the draft holds into the fields of the same meaning."""
        if "info_type" in draft:
            self.choose_type(InfoType(str(draft["info_type"])))
        for name, label in _LABELS.items():
            if name in draft:
                self.seat.fill(label, str(draft[name]))
        if "responsible_level" in draft:
            self.seat.field("应由哪一级解决").select_option(label=Level(str(draft["responsible_level"])).label)

    def drop(self, zone: str, name: str, content: bytes) -> None:
        """Drop a file from the desktop into one of the form's two zones: `document` or `file`."""
        drop(self.seat.page, zone, name, content)

    def declare_non_secret(self) -> None:
        """Tick the declaration."""
        self.seat.page.get_by_label(re.compile("^本稿及附件不含")).check()

    def is_saved(self) -> None:
        """Wait until the form says that the server has it."""
        expect(self.seat.page.locator("#save-state")).to_contain_text("已存到服务器")

    def has(self, label: str, text: str) -> None:
        """The field holds this text."""
        expect(self.seat.field(label)).to_have_value(text)

    def submit(self) -> None:
        """Hand it to the reviewer."""
        self.seat.press("提交审核人")


def drop(page: Page, zone: str, name: str, content: bytes) -> None:
    """Let go of a file over a drop zone, as a mouse would."""
    carried = page.evaluate_handle(_CARRY, [name, base64.b64encode(content).decode()])
    page.locator(f".dropzone:has(#f-{zone})").dispatch_event("drop", {"dataTransfer": carried})


def write_and_submit(clerk: Seat, draft: Mapping[str, object]) -> None:
    """Write a whole item and hand it to the reviewer."""
    form = WritingForm(clerk)
    form.begin()
    form.fill_in(draft)
    form.declare_non_secret()
    form.submit()
    clerk.is_told("已提交审核人。")


def check(reviewer: Seat, title: str) -> None:
    """Take the item from the desk, confirm each point, pass it."""
    open_item(reviewer, "/review/check", title)
    for point in _TO_BE_CONFIRMED:
        reviewer.page.get_by_label(point).check()
    reviewer.press("审核通过，送签发")
    reviewer.is_told("审核通过，已送签发人。")


def sign(signer: Seat, title: str, *, mode: SignMode = SignMode.ONLINE, signed_by: str = "", scan: bytes = b"") -> None:
    """Sign the item, or record how it was signed."""
    open_item(signer, "/review/sign", title)
    signer.page.locator(f".choice:has(input[value={mode.value}])").click()
    if signed_by:
        signer.fill("签发人姓名", signed_by)
    if scan:
        drop(signer.page, "scan", "签发单.png", scan)
    signer.agree("签发上报", waits=True)
    signer.is_told("已签发，报送")


def open_item(seat: Seat, desk: str, title: str) -> None:
    """Open an item from a list of the review, asking again: another service may lag behind a write.

    A page opened before the item came shows it by itself only with script, and not on every desk.
    """
    seat.open(desk)
    for _ in range(TRIES):
        if row_of(seat, title).count():
            break
        seat.page.wait_for_timeout(BETWEEN_TRIES_MS)
        seat.open(desk)
    row_of(seat, title).locator(".queue-title").click()
    expect(seat.page.locator(".item-head h2")).to_have_text(title)


def row_of(seat: Seat, title: str) -> Locator:
    """The row of that title in a list of the review."""
    return seat.page.locator(".queue-row", has=seat.page.get_by_role("link", name=title)).first
