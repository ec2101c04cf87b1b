"""docs/tutorial/operator.md, section 4, command by command, by a user without rights: a new township at the demo's district."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.demo.content import TOWNSHIP_ITEMS, draft_of, items_of
from deploy.demo.officers import PASSWORD as DEMO_PASSWORD
from deploy.demo.waiting import eventually
from deploy.kafka.process import free_ports
from tests.integration.docs.machine import WITHIN_S, Machine
from tests.integration.docs.pages import pages, rewritten

OPERATOR = "docs/tutorial/operator.md"
SECTION = 3
"""So many blocks of the page stand before the section on a new township."""
SERVES = "qingshi serve"
PASSWORD = "kou-ling-2026"

DISTRICT = """.venv/bin/python - <<'END'
from deploy.demo.__main__ import BASE
from deploy.demo.nodes import DEMO_PORTS
from deploy.demo.progress import on_screen
from deploy.demo.world import DemoWorld

world = DemoWorld(BASE, DEMO_PORTS, progress=on_screen())
{act}
END
"""
STARTS_DISTRICT = DISTRICT.format(
    act="""from deploy.demo.founding import found_nodes
world.brokers["district"].start()
found_nodes([world.nodes["district"]], on_screen())
world.nodes["district"].start()
"""
)
STOPS_DISTRICT = DISTRICT.format(act="world.stop()")

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become another user"
)


class Township:
    """The page's commands in a session of the user's, one block after the other."""

    def __init__(self, machine: Machine, clone: Path, places: dict[str, str]) -> None:
        self.machine, self.clone, self.places = machine, clone, places
        self.shell = machine.shell(clone, as_user=True)

    def run(self, block: str, typed: dict[str, str] | None = None) -> str:
        """What a block says, once what it asks for is typed: command → answers, one a line."""
        instead = {line: f"printf '{answers}' | {line}" for line, answers in (typed or {}).items()}
        assert instead.keys() <= {line.strip() for line in block.splitlines()}
        return self.shell.run(rewritten(block, instead=instead, places=self.places))

    @contextmanager
    def officer(self, port: str, username: str, password: str) -> Iterator[httpx.Client]:
        """Somebody who is signed in."""
        with httpx.Client(base_url=f"http://127.0.0.1:{self.places[port]}", trust_env=False, timeout=60) as client:
            said = {"username": username, "password": password}

            def is_let_in() -> bool:
                try:
                    answer = client.post("/directory/api/v1/tokens", json=said)
                except httpx.HTTPError:
                    return False
                client.headers["Authorization"] = f"Bearer {answer.json().get('access_token')}"
                return answer.status_code == 200

            eventually(is_let_in, f"{username} 登录", within_s=WITHIN_S, pause_s=1.0)
            yield client

    @contextmanager
    def serving(self, defines: str, serves: str) -> Iterator[None]:
        """The node, served in a terminal of its own until Ctrl-C."""
        terminal = self.machine.shell(self.clone, as_user=True)
        terminal.begin(
            rewritten(f"{defines}\n{serves} >.run/qingshi/node.log 2>&1\nexit\n", instead={}, places=self.places)
        )
        try:
            yield
        finally:
            terminal.press_ctrl_c()
            eventually(lambda: terminal.process.poll() is not None, "节点停下", within_s=WITHIN_S)
            terminal.close()


@pytest.fixture
def township(machine: Machine) -> Iterator[Township]:
    names = (
        "18101", "18102", "18103", "18111", "18112", "18113", "19092", "19093", "8101", "8102", "8103", "8111",
    )  # fmt: skip
    places = dict(zip(names, map(str, free_ports(len(names))), strict=True))
    clone = machine.source(machine.root / "shangda", ["deploy/demo/nodes.py"], places)
    machine.set_up(clone)
    machine.give_to_user(clone)
    made = Township(machine, clone, places)
    try:
        made.shell.run(STARTS_DISTRICT)
        yield made
    finally:
        made.shell.run(STOPS_DISTRICT)
        made.shell.close()


def test_a_new_township_is_connected_as_the_page_says(township: Township) -> None:
    prepared, founded, card, added, stopped = pages()[OPERATOR][SECTION:]
    township.run(prepared)
    asking = [
        line
        for line in founded.splitlines()
        if line.startswith(("qingshi directory init", "qingshi directory officer"))
    ]
    assert len(asking) == 4
    township.run(founded, dict.fromkeys(asking, f"{PASSWORD}\\n{PASSWORD}\\n"))
    register_at_district(township, card)
    show, *add = added.splitlines()
    fingerprint = fingerprint_in(township.run(show))
    assert add[-1] == SERVES
    township.run("\n".join(add[:-1]), {add[0]: f"{fingerprint}\\n"})
    defines = next(line for line in prepared.splitlines() if line.startswith("qingshi() {"))
    with township.serving(defines, SERVES):
        await_links(township)
        report_an_item(township)
    township.run(stopped)


def fingerprint_in(said: str) -> str:
    """What is read out on the phone."""
    found = re.search(r"指纹：(\S.*)", said)
    assert found, said
    return found[1].strip()


def register_at_district(township: Township, shows_card: str) -> None:
    """What the district's administrator does with the card: read it in, compare the fingerprint, register."""
    fingerprint = fingerprint_in(township.run(shows_card))
    card = json.loads((township.clone / ".run/qingshi/card.json").read_text(encoding="utf-8"))
    with township.officer("8102", "admin", DEMO_PASSWORD) as admin:
        answer = admin.post("/directory/api/v1/peers", json={"card": card, "fingerprint": fingerprint})
        assert answer.status_code == 201, answer.text


def await_links(township: Township) -> None:
    """Both sides say that the link is up."""
    for port, password, peer in (("8111", PASSWORD, "district"), ("8102", DEMO_PASSWORD, "qingshi")):
        with township.officer(port, "admin", password) as admin:

            def is_up(admin: httpx.Client = admin, peer: str = peer) -> bool:
                links = admin.get("/exchange/api/v1/links").json()["items"]
                states = [link["state"] for link in links if link["peer"] == peer]
                return bool(states) and set(states) == {"up"}

            eventually(is_up, f"到 {peer} 的链路正常", within_s=WITHIN_S, pause_s=1.0)


def report_an_item(township: Township) -> None:
    """Written, checked and signed at the township, it stands in the district's queue."""
    with township.officer("8111", "clerk", PASSWORD) as clerk:
        draft = draft_of(next(iter(items_of(TOWNSHIP_ITEMS))))
        made = clerk.post("/intake/api/v1/submissions", json=draft)
        assert made.status_code == 201, made.text
        origin_id = made.json()["origin_id"]
        insist(clerk, f"/intake/api/v1/submissions/{origin_id}/submit")
    for username, verb in (("reviewer", "check"), ("signer", "sign")):
        with township.officer("8111", username, PASSWORD) as officer:
            insist(officer, f"/review/api/v1/submissions/{origin_id}/{verb}")
    with township.officer("8102", "editor", DEMO_PASSWORD) as editor:

        def is_there() -> bool:
            listed: dict[str, Any] = editor.get("/review/api/v1/submissions", params={"status": "open"}).json()
            return origin_id in {item["origin_id"] for item in listed["items"]}

        eventually(is_there, "稿件进了区里的待审队列", within_s=WITHIN_S, pause_s=1.0)


def insist(officer: httpx.Client, path: str) -> None:
    """Do it as soon as the item is there."""
    eventually(lambda: officer.post(path, json={}).status_code == 200, path, within_s=WITHIN_S, pause_s=1.0)
