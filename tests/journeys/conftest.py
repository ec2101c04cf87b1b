"""One world for all journeys: three nodes with a broker each, fresh, and a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from deploy.demo.nodes import spare_ports
from deploy.demo.world import DemoWorld
from tests.journeys.browser import chromium
from tests.journeys.morning import Morning, begin
from tests.journeys.seats import Office

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the journeys; the story is told first, in a world where nothing has happened yet."""
    journeys = [item for item in items if item.path.is_relative_to(HERE)]
    for item in journeys:
        item.add_marker(pytest.mark.journeys)
    places = [place for place, item in enumerate(items) if item in journeys]
    journeys.sort(key=lambda item: item.path.name != "test_story.py")
    for place, item in zip(places, journeys, strict=True):
        items[place] = item


# Not the session: Playwright keeps an event loop of its own running, which asynchronous tests could not stand.
@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoWorld]:
    up = DemoWorld.start(tmp_path_factory.mktemp("journeys"), ports=spare_ports(), fresh=True)
    yield up
    up.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def all_machines(world: DemoWorld, browser: Browser) -> Iterator[Office]:
    machines = Office(browser, world.nodes)
    yield machines
    machines.close()


@pytest.fixture
def office(all_machines: Office) -> Iterator[Office]:
    """The officers' machines; after the test nothing may have gone wrong in any page."""
    yield all_machines
    assert all_machines.faults == []


@pytest.fixture(scope="package")
def morning(world: DemoWorld) -> Iterator[Morning]:
    """What an office finds on its desks, for the tests that look at pages and not at how things came there."""
    made = begin(world)
    yield made
    made.close()
