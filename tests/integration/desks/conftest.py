"""A district's review and intake before a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from services.intake.app import intake_service
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.surroundings.identifiers import new_id
from tests.integration.review.office import Office, open_district, submitted
from tests.support.browsing import chromium, served, signed_in
from tests.support.service import DISTRICT, TOWNSHIP, officer, running_node, settings_for

WATER: dict[str, Any] = {"unit": "water", "kind": UnitKind.BUREAU}


@pytest.fixture
def database_kind() -> str:
    """What a browser does is the same on every database."""
    return "sqlite"


@dataclass
class Desks:
    """The district's office with a browser before it."""

    office: Office
    browser: Browser
    origin: str

    async def sit(self, *roles: Role, **where: Any) -> BrowserContext:
        """A browser in which an officer with these roles is signed in."""
        options = {name: where.pop(name) for name in ("viewport", "java_script_enabled") if name in where}
        return await signed_in(self.browser, self.office.process, self.origin, officer(*roles, **where), **options)

    async def page(self, *roles: Role, **where: Any) -> Page:
        """A page of such a browser."""
        return await (await self.sit(*roles, **where)).new_page()

    async def hand_in(self, title: str, **more: Any) -> UUID:
        """An item that waits for the reviewer of the water bureau."""
        origin_id = new_id()
        fact = submitted(DISTRICT, origin_id, unit="water", unit_name="区水利局", title=title, **more)
        await self.office.hear("intake.submission", fact)
        return origin_id

    async def checked(self, title: str, **more: Any) -> UUID:
        """An item that waits for the signer."""
        origin_id = await self.hand_in(title, **more)
        await self.call(origin_id, "check", Role.REVIEWER, **WATER)
        return origin_id

    async def reported(self, title: str, **more: Any) -> UUID:
        """An item in the office's queue."""
        origin_id = await self.checked(title, **more)
        await self.call(origin_id, "sign", Role.SIGNER, **WATER)
        return origin_id

    async def call(self, origin_id: UUID, verb: str, role: Role, *, body: Any = None, **where: Any) -> Any:
        """One call of the item's API."""
        answer = await self.office.client(role, **where).post(
            f"/review/api/v1/submissions/{origin_id}/{verb}", json=body or {}
        )
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def read(self, origin_id: UUID) -> Any:
        """The item as the office's editor reads it."""
        return (await self.office.client(Role.EDITOR).get(f"/review/api/v1/submissions/{origin_id}")).json()


@pytest.fixture
async def desks(node_database_url: str, tmp_path: Path) -> AsyncIterator[Desks]:
    async with (
        open_district(tmp_path, database_url=node_database_url) as office,
        served(office.process) as origin,
        chromium() as browser,
    ):
        yield Desks(office, browser, origin)


Writing = Callable[..., Awaitable[Page]]


@pytest.fixture
async def write(node_database_url: str, tmp_path: Path) -> AsyncIterator[Writing]:
    """Open a page of the township's intake as its clerk."""
    clerk = officer(Role.CLERK, name="李四", unit="township")
    settings = settings_for(TOWNSHIP, tmp_path, database_url=node_database_url)
    async with running_node([intake_service()], settings) as process, served(process) as origin, chromium() as browser:
        context = await signed_in(browser, process, origin, clerk)

        async def open_page(path: str) -> Page:
            page = await context.new_page()
            await page.goto(path)
            return page

        yield open_page
