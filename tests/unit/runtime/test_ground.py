"""Many listeners of one process ask about the broker at once, and are answered together."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from services.kernel.runtime.telling.agents import ground
from services.kernel.runtime.telling.agents.ground import Ground, GroundReader

LISTENERS = 10


class Asked:
    """A broker that notes what it is asked about; away for as often as told."""

    def __init__(self, *, away: int = 0) -> None:
        self.topics: list[Sequence[str]] = []
        self.away = away

    def __call__(self, _servers: str, topics: Sequence[str]) -> dict[tuple[str, int], Ground]:
        self.topics.append(topics)
        if len(self.topics) <= self.away:
            raise ConnectionError
        return {(topic, 0): Ground("id", 0, 0, 1) for topic in topics}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    broker = Asked()
    monkeypatch.setattr(ground, "read_ground", broker)
    return broker


def test_whoever_waits_while_another_asks_shares_the_answer(asked: Asked) -> None:
    reader = GroundReader("nowhere")
    found: dict[str, object] = {}

    def ask(topic: str) -> None:
        found[topic] = reader.read([topic], fresh=True)

    threads = [threading.Thread(target=ask, args=(f"topic-{n}",)) for n in range(LISTENERS)]
    with reader._lock:
        for thread in threads:
            thread.start()
        while len(reader._wanted) < LISTENERS:
            time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert len(asked.topics) == 1
    assert found == {topic: {(topic, 0): Ground("id", 0, 0, 1)} for topic in found}


def test_a_fresh_answer_is_never_an_older_one(asked: Asked) -> None:
    reader = GroundReader("nowhere")
    reader.read(["a"], fresh=True)
    reader.read(["a"])
    reader.read(["a"], fresh=True)
    assert len(asked.topics) == 2


def test_topics_that_could_not_be_asked_about_are_not_taken_for_gone(asked: Asked) -> None:
    reader = GroundReader("nowhere")
    reader.read(["a"], fresh=True)
    asked.away = 2
    with pytest.raises(ConnectionError):
        reader.read(["a", "b"])
    assert reader.read(["a", "b"]).keys() == {("a", 0), ("b", 0)}
