"""Every main page, on a desk and on a phone: nothing serious for axe, nothing that scrolls sideways."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.journeys.browser import DESK_SIZE, PHONE_SIZE
from tests.journeys.main_pages import main_pages
from tests.journeys.morning import Morning
from tests.journeys.seats import Office

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """
async () => {
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => [one.id, ...one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))]);
}
"""


def violations(page: Page) -> Any:
    """What axe finds serious on the page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN_AXE)


def widths(page: Page) -> list[int]:
    """How wide the document is and how wide the screen."""
    found: list[int] = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return found


@pytest.mark.parametrize("size", [DESK_SIZE, PHONE_SIZE], ids=["desk", "phone"])
def test_no_main_page_has_serious_faults_or_scrolls_sideways(
    office: Office, morning: Morning, size: ViewportSize
) -> None:
    wrong = {}
    for one in main_pages(morning):
        page = office.seat(one.node_id, one.username).page
        page.set_viewport_size(size)
        one.show(office)
        width, screen = widths(page)
        if width > screen:
            wrong[f"{one.name} sideways"] = [width, screen]
        if found := violations(page):
            wrong[one.name] = found
        page.set_viewport_size(DESK_SIZE)
    assert wrong == {}


def test_nothing_internal_stands_on_the_portal(office: Office, morning: Morning) -> None:
    citizen = office.seat("district", "")
    for path in ("/open/", "/open/?q=渗漏", "/open/feed.xml", f"/open/information/{morning.information_id}"):
        answer = citizen.page.request.get(path)
        assert answer.ok
        assert "龙潭乡云脚村引水渠冬季渗漏亟待修复" not in answer.text()
        assert "陈小满" not in answer.text()
