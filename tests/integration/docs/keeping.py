"""backup.md, erase.md and restore.md, command by command, on the node that install.md has made."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.demo.waiting import eventually
from tests.integration.docs.machine import USER, WITHIN_S, Machine, Shell
from tests.integration.docs.pages import pages, rewritten

BACKUP, ERASE, RESTORE = (f"docs/how-to/{name}.md" for name in ("backup", "erase", "restore"))
TIMER = "sudo systemctl enable --now shangda-backup@district.timer"
STARTS_BROKER = "sudo systemctl enable --now shangda-kafka@district"
STARTS_NODE = "sudo systemctl enable --now shangda@district"
NO_SYSTEMD = (TIMER, STARTS_BROKER, STARTS_NODE)

PASSWORD = "kou-ling-2026"
SENTENCE = "这一句只在这一件里，别处没有。"


@dataclass
class InstalledNode:
    """A node that stands where install.md put it, and how it is reached and started."""

    machine: Machine
    shell: Shell
    places: dict[str, str]
    start: Callable[[str], None]

    @property
    def home(self) -> Path:
        """What stands for the root of the file system."""
        return self.machine.root

    def run(self, block: str, instead: Mapping[str, str] | None = None) -> str:
        """Run the lines of a page with this test's places."""
        return self.shell.run(rewritten(block, instead=instead or {}, places=self.places))

    def client(self) -> httpx.Client:
        """Somebody before the node, not signed in."""
        return httpx.Client(base_url=f"http://127.0.0.1:{self.places['8102']}", trust_env=False, timeout=60)


def keep_as_the_pages_say(node: InstalledNode) -> None:
    """Write an item, back the node up, erase the item, lose the machine, and restore it."""
    item = _write_item(node)
    _back_up(node)
    _erase(node, item)
    _lose_machine(node)
    _restore(node)
    with closing(_signed_in(node)) as clerk:
        assert SENTENCE in clerk.get(f"/intake/api/v1/submissions/{item}").json()["body"], "the backup is older"


def _write_item(node: InstalledNode) -> str:
    asks = "at directory officer add clerk --name 信息员 --unit 云岭区人民政府办公室 --role clerk"
    node.run(f"printf '{PASSWORD}\\n{PASSWORD}\\n' | {asks}\n")
    with closing(_signed_in(node)) as clerk:
        made = clerk.post("/intake/api/v1/submissions", json={"title": "误录的一件", "body": SENTENCE})
        assert made.status_code == 201, made.text
        return str(made.json()["origin_id"])


def _signed_in(node: InstalledNode) -> httpx.Client:
    """The clerk; a node that has just been restored lets people in as soon as it may write."""
    clerk = node.client()

    def is_let_in() -> bool:
        answer = clerk.post("/directory/api/v1/tokens", json={"username": "clerk", "password": PASSWORD})
        clerk.headers["Authorization"] = f"Bearer {answer.json().get('access_token')}"
        return answer.status_code == 200

    eventually(is_let_in, "信息员登录", within_s=WITHIN_S, pause_s=1.0)
    return clerk


def _back_up(node: InstalledNode) -> None:
    made, by_timer, checked = pages()[BACKUP]
    node.run(made)
    node.run(by_timer, {TIMER: ":"})
    (file,) = (node.home / "var/backups/shangda").iterdir()
    assert (file.stat().st_uid, file.stat().st_mode & 0o077) == (USER, 0)
    node.places["district-20261128-023000.tar.gz"] = file.name
    node.run(checked)


def _erase(node: InstalledNode, item: str) -> None:
    erase, look = pages()[ERASE]
    node.places["0193…-稿件编号"] = item
    node.places["内容里独特的一句"] = SENTENCE
    eventually(lambda: "还有" in node.run(look), "磁盘上有这一件")
    node.run(f"echo y | {erase}")  # it asks once more
    eventually(lambda: "没有了" in node.run(look), "磁盘上没有这一件了", within_s=WITHIN_S, pause_s=2.0)


def _lose_machine(node: InstalledNode) -> None:
    node.machine.end()
    shutil.rmtree(node.home / "var/lib/shangda/district")


def _restore(node: InstalledNode) -> None:
    (block,) = pages()[RESTORE]
    said = ""
    for line in block.splitlines():
        if line.strip() in (STARTS_BROKER, STARTS_NODE):
            node.start("shangda-kafka@" if line.strip() == STARTS_BROKER else "shangda@")
        else:
            said += node.run(line)
    assert "异常" not in said, said
