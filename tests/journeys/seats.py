"""Officers at their machines: each signed in at a node, in a browser of his own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from deploy.demo.officers import PASSWORD
from deploy.demo.process import NodeProcess
from tests.journeys.browser import WITHIN_MS, Watch, new_page

expect.set_options(timeout=WITHIN_MS)


@dataclass(frozen=True)
class Seat:
    """One officer's browser at one node.

    Attributes:
        page: The page in front of the officer.
    """

    page: Page

    def open(self, path: str) -> None:
        """Go to an address of the node."""
        self.page.goto(path)

    def sees(self, text: str) -> None:
        """Wait until the text can be read somewhere on the page."""
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    def is_told(self, text: str) -> None:
        """Wait for the notice at the head of the page that an action leaves behind."""
        expect(self.page.locator(".flash, .login-box").get_by_text(text)).to_be_visible()

    def does_not_see(self, text: str) -> None:
        """The text stands nowhere in the page, visible or not."""
        assert text not in self.page.content()

    def fill(self, label: str, text: str) -> None:
        """Write into the field of that label."""
        self.field(label).fill(text)

    def field(self, label: str) -> Locator:
        """The field of that label; a required field's label ends in a mark."""
        return self.page.get_by_label(re.compile(rf"^{re.escape(label)}\*?$")).locator("visible=true").first

    def press(self, name: str) -> None:
        """Press the button of that name; a shortcut may stand behind it."""
        self.page.get_by_role("button", name=name).locator("visible=true").first.click()

    def agree(self, name: str, *, waits: bool = False) -> None:
        """Press a button that asks first, and say yes; where it then waits for half a minute, do not."""
        self.press(name)
        if not self.page.locator("html.has-script").count():
            return
        self.page.get_by_role("dialog").get_by_role("button", name=name).click()
        if waits:
            self.press("立即办理")

    def follow(self, name: str) -> None:
        """Follow the link of that name."""
        self.page.get_by_role("link", name=name).locator("visible=true").first.click()


@dataclass
class Office:
    """All machines of the three nodes; a seat is signed in when it is first taken."""

    browser: Browser
    nodes: Mapping[str, NodeProcess]
    watches: dict[str, Watch] = field(default_factory=dict)
    _seats: dict[tuple[str, str], Seat] = field(default_factory=dict)

    def seat(self, node_id: str, username: str) -> Seat:
        """The officer's own machine, the same one each time."""
        if (node_id, username) not in self._seats:
            self._seats[node_id, username] = self._sit_down(node_id, username)
        return self._seats[node_id, username]

    @contextmanager
    def another(self, node_id: str, username: str = "", **options: Any) -> Iterator[Seat]:
        """One more machine, closed at the end; with nobody signed in unless a username is given."""
        seat = self._sit_down(node_id, username, **options)
        try:
            yield seat
        finally:
            seat.page.context.close()

    @property
    def faults(self) -> list[str]:
        """What the pages did that they may not do, since this was last asked."""
        found = [f"{node_id} {fault}" for node_id, watch in self.watches.items() for fault in watch.faults]
        for watch in self.watches.values():
            watch.faults.clear()
        return found

    def close(self) -> None:
        """Close every machine."""
        for seat in self._seats.values():
            seat.page.context.close()

    def _sit_down(self, node_id: str, username: str, **options: Any) -> Seat:
        origin = self.nodes[node_id].url
        watch = self.watches.setdefault(node_id, Watch(origin))
        seat = Seat(new_page(self.browser, origin, watch, **options))
        if username:
            sign_in(seat, username)
        return seat


def sign_in(seat: Seat, username: str) -> None:
    """Sign in through the page."""
    seat.open("/login")
    seat.fill("用户名", username)
    seat.fill("口令", PASSWORD)
    seat.press("登录")
    expect(seat.page.get_by_role("heading", name="工作台")).to_be_visible()
