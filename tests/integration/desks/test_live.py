"""Live regions: one stream for all tabs, none for hidden ones, nothing typed is lost, and an ended session is said."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import expect

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.web.identity import TOKEN_COOKIE
from tests.integration.desks.conftest import Desks
from tests.support.waiting import LONG_S

QUEUE = "/review/queue"
HIDE = """
(hidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}
"""


async def streams_are(signals: Any, number: int) -> None:
    """Wait until so many streams of the node are open."""
    async with asyncio.timeout(LONG_S):
        while len(signals._woken) != number:  # noqa: ASYNC110 - nothing says that a stream has ended
            await asyncio.sleep(0.05)


async def test_all_tabs_hear_through_one_stream_and_hidden_ones_through_none(desks: Desks) -> None:
    signals = desks.office.context.signals
    origin_id = await desks.reported("泵站老化")
    browser = await desks.sit(Role.EDITOR)
    tabs = [await browser.new_page() for _ in range(7)]
    for tab in tabs:
        await tab.goto(f"{QUEUE}/{origin_id}")
        await tab.locator(".item-head h2").wait_for()
    await streams_are(signals, 1)
    await desks.call(origin_id, "ask", Role.EDITOR, body={"question": "几台泵？"})
    for tab in (tabs[0], tabs[-1]):
        await expect(tab.locator("#item-state")).to_contain_text("几台泵？")
    for tab in tabs:
        await tab.evaluate(HIDE, True)
    await streams_are(signals, 0)
    await desks.reported("后来的一件")
    await tabs[0].evaluate(HIDE, False)
    await expect(tabs[0].locator("#queue-rows")).to_contain_text("后来的一件")


async def test_a_region_that_is_fetched_again_leaves_what_was_typed_into_it(desks: Desks) -> None:
    page = await desks.page(Role.EDITOR)
    await page.goto(QUEUE)
    kept = await page.evaluate("""() => {
      const region = document.getElementById('queue-rows');
      region.innerHTML = '<textarea name="a"></textarea><input name="b" value="1">';
      region.querySelector('textarea').value = '写到一半';
      Idiomorph.morph(region, '<textarea name="a"></textarea><input name="b" value="2">', { morphStyle: 'innerHTML' });
      return [region.querySelector('textarea').value, region.querySelector('input').value];
    }""")
    assert kept == ["写到一半", "2"]


async def test_a_region_says_that_the_session_has_ended(desks: Desks) -> None:
    page = await desks.page(Role.EDITOR)
    await page.goto(QUEUE)
    await streams_are(desks.office.context.signals, 1)
    await page.context.clear_cookies(name=TOKEN_COOKIE)
    await desks.reported("后来的一件")
    await expect(page.locator(".live-notice")).to_contain_text("登录已过期")
