"""Tells the story aloud: what was done by whom, how long it took to arrive, and that each claim holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from deploy.demo.officers import Officer
from deploy.demo.process import NodeProcess
from deploy.demo.progress import Progress
from deploy.demo.waiting import eventually
from deploy.demo.world import DemoWorld

T = TypeVar("T")

# Two seconds on an idle machine; the demo also runs where three brokers share one core.
BECOMES_TRUE_WITHIN_S = 30.0
SHOWN_AS_SLOW_S = 2.0


class ClaimFailed(Exception):
    """The story says something that is not so; the message says what."""


@dataclass
class Story:
    """The story as far as it is told: whom it speaks to, and what it has made.

    Attributes:
        items: origin_id of each item by the short name of its content.
        attachments: attachment_id of a file by the same name.
        facts: What later chapters need to know, e.g. the number of the issue.
    """

    world: DemoWorld
    progress: Progress
    items: dict[str, str] = field(default_factory=dict)
    attachments: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    _officers: dict[tuple[str, str], Officer] = field(default_factory=dict)

    def officer(self, node_id: str, username: str) -> Officer:
        """The officer of that name at that node, the same one each time."""
        if (node_id, username) not in self._officers:
            self._officers[node_id, username] = Officer(self.world.nodes[node_id], username)
        return self._officers[node_id, username]

    def node(self, node_id: str) -> NodeProcess:
        """The node of that id."""
        return self.world.nodes[node_id]

    @property
    def papers(self) -> Path:
        """Where documents are saved that the story fetches."""
        folder = self.world.base / "documents"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.progress.say(f"\n{title}")

    def done(self, text: str) -> None:
        """Say what was done, by whom."""
        self.progress.say(f"  ✓ {text}")

    def claim(self, is_so: object, text: str, seen: object = "") -> None:
        """Say what is so.

        Raises:
            ClaimFailed: It is not.
        """
        if not is_so:
            raise ClaimFailed(f"{text}（不成立；实际：{seen}）" if seen != "" else f"{text}（不成立）")
        self.done(text)

    def becomes(self, ask: Callable[[], T | None], text: str) -> T:
        """Say what has become so, and after how long.

        Raises:
            DidNotHappen: It did not become so in time.
        """
        started = time.monotonic()
        found = eventually(ask, text, within_s=BECOMES_TRUE_WITHIN_S, pause_s=0.05)
        took_s = time.monotonic() - started
        self.progress.say(f"  ✓ {text}  〔{took_s:.2f} 秒{'，机器较忙' if took_s > SHOWN_AS_SLOW_S else ''}〕")
        return found

    def close(self) -> None:
        """Close every officer's connection."""
        for officer in self._officers.values():
            officer.close()


def marks(item: dict[str, Any], kind: str, **data: Any) -> list[dict[str, Any]]:
    """The lines of an item's timeline of one kind, whose further fields are as given."""
    return [
        line
        for line in item["timeline"]
        if line["type"] == kind and all(line.get(name) == value for name, value in data.items())
    ]


def save(answer: httpx.Response, file: Path) -> Path:
    """Keep a downloaded document."""
    file.write_bytes(answer.content)
    return file
