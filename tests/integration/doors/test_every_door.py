"""Role × unit × state × action at every address of a node, held against one table that a person has read.

Who may come in is asked in every state, everybody else in one that changes from door to door; with
SHANGDA_TEST_EVERY_STATE=1 everybody in every state (some 28,000 requests instead of 10,000).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.disclosure.app import portal_service
from services.kernel.runtime.running.app import make_node
from services.kernel.runtime.web.identity import Officer
from services.node import build_services
from tests.integration.doors.oracle import EVERYBODY, GOES, STRANGER, Door, read_oracle
from tests.integration.doors.routes import routes_of
from tests.integration.doors.world import World, open_world
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

    def __str__(self) -> str:
        return f"{self.door.method} {self.door.path} · {self.name} · {self.state}"


def cells_of(section: str, people: dict[str, Officer]) -> Iterator[Cell]:
    """What one section is asked."""
    everybody: dict[str, Officer | None] = {STRANGER: None, **people}
    for number, door in enumerate(door for door in DOORS if door.section == section):
        names = {EVERYBODY: ANY_THREE}.get(door.who, tuple(everybody))
        for place, name in enumerate((STRANGER,) if door.asked == "as a stranger" else names):
            cells = [Cell(door, name, everybody[name], state) for state in door.states]
            inside = [cell for cell in cells if door.admits(name, cell.who, cell.state)]
            outside = [cell for cell in cells if cell not in inside]
            yield from inside[:1] if door.asked == "once" else inside
            turn = (number + place) % max(1, len(outside))
            yield from outside if EVERY_STATE else outside[turn : turn + 1]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("section", SECTIONS)
async def test_everybody_comes_in_where_he_may_and_nowhere_else(section: str, world: World) -> None:
    wrong = []
    for cell in cells_of(section, world.people):
        meant = cell.door.answers(cell.name, cell.who, cell.state)
        answer = await ask(world, cell, is_changed=bool(GOES & set(meant)))
        if answer.status_code not in meant or answer.status_code >= 500:
            said = "2xx 3xx" if set(meant) == GOES else sorted(set(meant) - GOES)
            wrong.append(f"{cell}: {answer.status_code}, meant {said}")
    assert not wrong, f"{len(wrong)} answers are not as the table says:\n" + "\n".join(wrong)


async def ask(world: World, cell: Cell, *, is_changed: bool) -> httpx.Response:
    """Send the request; what it may change is made for it alone."""
    door = cell.door
    ids = dict(world.ids)
    if door.of:
        is_own = is_changed and door.method != "GET"
        ids |= await world.make(door.of, cell.state) if is_own else world.shared[door.of, cell.state]
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
