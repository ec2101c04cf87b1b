"""Role × unit × state × action at every address of a node, held against one table that a person has read.

Who may come in is asked in every state, everybody else in one that changes from door to door; with
SHANGDA_TEST_EVERY_STATE=1 everybody in every state (some 28,000 requests instead of 10,000). That is so for the ordinary
item of a bureau; of the other sorts those are asked whom they concern, in fewer states.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.disclosure.app import portal_service
from services.kernel.runtime.running.app import make_node
from services.kernel.runtime.web.identity import Officer
from services.node import build_services
from tests.integration.doors.opening import open_world, open_world_apart
from tests.integration.doors.oracle import EVERYBODY, GOES, INSIDERS, STRANGER, Door, read_oracle
from tests.integration.doors.people import ORDINARY, SORTS
from tests.integration.doors.routes import routes_of
from tests.integration.doors.world import World, states_of
from tests.support.service import DISTRICT, client_of, running_node, settings_for

DOORS = read_oracle()
SECTIONS = sorted({door.section for door in DOORS})
ANY_THREE = (STRANGER, "office clerk", "other clerk")
"""Who asks where everybody is answered alike."""
EVERY_STATE = bool(os.environ.get("SHANGDA_TEST_EVERY_STATE"))
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_world(tmp_path_factory.mktemp("doors")) as made:
        yield made


def test_the_table_names_every_address_once_and_no_other(tmp_path: Path) -> None:
    process = make_node(build_services(), settings_for(DISTRICT, tmp_path), with_agents=False)
    there = sorted(routes_of(process.app.routes))
    assert there == sorted((door.method, door.path) for door in DOORS)


@dataclass(frozen=True)
class Cell:
    """One request: who asks at which door while the object is in which state."""

    door: Door
    name: str
    who: Officer | None
    state: str
    sort: str = ORDINARY

    def __str__(self) -> str:
        return f"{self.door.method} {self.door.path} · {self.name} · {self.state} · {self.sort}"

    @property
    def is_inside(self) -> bool:
        """Whether the table lets him in."""
        return self.door.admits(self.name, self.who, self.state, self.sort)

    @property
    def meant(self) -> Collection[int]:
        """The answers that are right."""
        return self.door.answers(self.name, self.who, self.state, self.sort)


def cells_of(section: str, people: dict[str, Officer]) -> Iterator[Cell]:
    """What one section is asked."""
    everybody: dict[str, Officer | None] = {STRANGER: None, **people}
    for number, door in enumerate(door for door in DOORS if door.section == section):
        names = {EVERYBODY: ANY_THREE}.get(door.who, tuple(everybody))
        for place, name in enumerate((STRANGER,) if door.asked == "as a stranger" else names):
            cells = [Cell(door, name, everybody[name], state) for state in states_of(door.of)]
            inside, outside = [one for one in cells if one.is_inside], [one for one in cells if not one.is_inside]
            yield from inside[:1] if door.asked == "once" else inside
            yield from in_turn(outside, number + place)


def cells_of_sorts(section: str, people: dict[str, Officer]) -> Iterator[Cell]:
    """What one section is asked of items of the other sorts."""
    doors = [door for door in DOORS if door.section == section and door.of == "item" and door.who != INSIDERS]
    asked = [(sort, name) for sort in SORTS for name in SORTS[sort].asked_by]
    for (place, (sort, name)), (number, door) in product(enumerate(asked), enumerate(doors)):
        cells = [Cell(door, name, people[name], state, sort) for state in states_of("item", sort)]
        inside, outside = [one for one in cells if one.is_inside], [one for one in cells if not one.is_inside]
        yield from inside if name == "office duty" else in_turn(inside, number + place)
        yield from in_turn(outside, number + place)


def cells_of_each_door(people: dict[str, Officer]) -> Iterator[Cell]:
    """At every door of a service one who may come in and one who may not."""
    doors = [door for door in DOORS if door.section != "node" and door.asked != "once"]
    for number, door in enumerate(doors):
        who: dict[str, Officer | None] = {STRANGER: None} if door.asked else {STRANGER: None, **people}
        cells = [Cell(door, name, who[name], state) for name in who for state in states_of(door.of)]
        yield from in_turn([cell for cell in cells if cell.is_inside], number)[:1]
        yield from in_turn([cell for cell in cells if not cell.is_inside], 7 * number)[:1]


def in_turn(cells: list[Cell], turn: int) -> list[Cell]:
    """One of the cells, another one from door to door; with SHANGDA_TEST_EVERY_STATE all of them."""
    place = turn % max(1, len(cells))
    return cells if EVERY_STATE else cells[place : place + 1]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("section", SECTIONS)
async def test_everybody_comes_in_where_he_may_and_nowhere_else(section: str, world: World) -> None:
    await compare(world, cells_of(section, world.people))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("section", ["intake", "review"])
async def test_emergencies_are_also_for_who_is_on_duty_and_items_of_every_sort_for_their_own(
    section: str, world: World
) -> None:
    await compare(world, cells_of_sorts(section, world.people))


async def test_a_service_that_runs_apart_lets_in_whom_it_lets_in_within_the_node(tmp_path: Path) -> None:
    async with open_world_apart(tmp_path) as world:
        await compare(world, cells_of_each_door(world.people))


async def compare(world: World, cells: Iterable[Cell]) -> None:
    """Ask each and hold the answer against the table."""
    wrong = []
    for cell in cells:
        answer = await ask(world, cell)
        if answer.status_code not in cell.meant or answer.status_code >= 500:
            meant = set(cell.meant)
            said = "2xx 3xx" if meant == GOES else sorted(meant - GOES)
            wrong.append(f"{cell}: {answer.status_code}, meant {said}")
    assert not wrong, f"{len(wrong)} answers are not as the table says:\n" + "\n".join(wrong)


async def ask(world: World, cell: Cell) -> httpx.Response:
    """Send the request; what it may change is made for it alone."""
    door = cell.door
    ids = dict(world.ids)
    if door.of:
        is_own = bool(GOES & set(cell.meant)) and door.method != "GET"
        sort = cell.sort if door.of == "item" else ""
        ids |= await world.make(door.of, cell.state, sort) if is_own else world.shared[door.of, sort, cell.state]
    sent = filled(door.sent, ids)
    version = "1" if door.of else "99"
    request: dict[str, Any] = {"headers": {"Accept": "text/html" if door.is_page else "application/json"}}
    if door.method != "GET":
        request["headers"]["If-Match"] = f'"{version}"'
    if "json" in sent:
        request["json"] = sent["json"]
    elif "form" in sent:
        request["data"] = {"version": version} | sent["form"]
    elif "file" in sent:
        request["files"] = {sent["file"]: ("a.pdf", PDF)}
    address = filled(door.path, ids) + (f"?{sent['query']}" if "query" in sent else "")
    return await world.clients[cell.name].request(door.method, address, **request)


def filled(said: Any, ids: dict[str, str]) -> Any:
    """What is sent, with the ids of this world in it."""
    if isinstance(said, dict):
        return {name: filled(value, ids) for name, value in said.items()}
    if isinstance(said, list):
        return [filled(value, ids) for value in said]
    return said.format(**ids) if isinstance(said, str) and "{" in said else said


async def test_the_portal_alone_shows_the_portal_alone(tmp_path: Path) -> None:
    settings = settings_for(DISTRICT, tmp_path).model_copy(update={"inside_port": 8113})
    shown = {"/", "/livez", "/readyz"}
    for_citizens = {door.path for door in DOORS if door.who == EVERYBODY and door.section == "open"}
    async with running_node([portal_service()], settings) as process, client_of(process) as inside:
        there = {path for _method, path in routes_of(process.app.routes)}
        assert for_citizens <= there
        async with client_of(process) as outside:
            outside.base_url = httpx.URL("http://portal.test:8112")
            for path in sorted(there - shown - for_citizens):
                assert (await outside.get(path)).status_code == 404, path
            for path in ("/livez", "/open/"):
                assert (await outside.get(path)).status_code == 200, path
        assert (await inside.get("/version")).status_code == 200
