"""Keys in the queue: they move and act, and never while somebody writes."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.morning import Morning
from tests.journeys.seats import Office, Seat

QUEUE = "/review/queue"


@pytest.fixture
def editor(office: Office, morning: Morning) -> Seat:
    seat = office.seat("district", "editor")
    seat.open(QUEUE)
    expect(seat.page.locator(".queue-row").nth(1)).to_be_visible()
    return seat


def focused_title(seat: Seat) -> str:
    """The title that has the focus, if one has."""
    return str(seat.page.evaluate("document.activeElement.matches('.queue-title') ? document.activeElement.title : ''"))


def test_j_and_k_move_through_the_queue_and_enter_opens(editor: Seat) -> None:
    titles = [row.get_attribute("title") for row in editor.page.locator(".queue-title").all()[:2]]
    editor.page.keyboard.press("j")
    assert focused_title(editor) == titles[0]
    editor.page.keyboard.press("j")
    assert focused_title(editor) == titles[1]
    editor.page.keyboard.press("k")
    editor.page.keyboard.press("Enter")
    expect(editor.page.locator(".item-head h2")).to_have_text(str(titles[0]))


def test_a_slash_goes_to_the_search_where_letters_are_letters(editor: Seat) -> None:
    editor.page.keyboard.press("/")
    editor.page.keyboard.type("jk")
    expect(editor.page.locator("#queue-search")).to_have_value("jk")
    assert focused_title(editor) == ""


def test_r_asks_for_a_reason_and_not_while_a_question_is_written(editor: Seat) -> None:
    editor.page.locator(".queue-title").first.click()
    editor.page.locator(".item-tabs").get_by_role("link", name=re.compile("核实")).click()
    editor.field("请报送单位核实").press_sequentially("r a u j")
    expect(editor.page.get_by_role("dialog")).to_have_count(0)
    editor.page.locator(".item-head h2").click()
    editor.page.keyboard.press("r")
    expect(editor.page.get_by_role("dialog", name="退回修改")).to_be_visible()


def test_the_keys_can_be_switched_off(office: Office, morning: Morning) -> None:
    with office.another("district", "editor") as seat:
        seat.open(QUEUE)
        seat.page.keyboard.press("?")
        seat.page.get_by_label(re.compile("启用快捷键")).uncheck()
        seat.page.keyboard.press("Escape")
        expect(seat.page.get_by_role("dialog")).to_have_count(0)
        seat.page.keyboard.press("j")
        assert focused_title(seat) == ""
