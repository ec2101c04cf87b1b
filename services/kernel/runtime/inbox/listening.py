"""What a service listens to: topic → fact → handler; and a message as it came."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.kernel.language.events import Fact
from services.kernel.runtime.inbox.positions import Position
from services.kernel.runtime.transaction import Transaction

Handler = Callable[[Transaction, Any], Awaitable[None]]
ListensTo = dict[str, dict[type[Fact], Handler]]
"""Topic without the node's prefix → fact → what is done here. The key `Fact` itself takes any fact."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the broker gave it; `place` is unique within the topic.

    `partition` and `position` are known when a listener read it: where the next one will be.
    """

    topic: str
    place: str
    headers: Sequence[tuple[str, bytes]]
    value: bytes
    partition: int = 0
    position: Position | None = None


def merge(*tables: ListensTo) -> ListensTo:
    """One table of contents out of several; a fact listened to twice on a topic is a mistake.

    Raises:
        ValueError: Two handlers for one fact on one topic.
    """
    merged: ListensTo = {}
    for table in tables:
        for topic, handlers in table.items():
            known = merged.setdefault(topic, {})
            if known.keys() & handlers.keys():
                raise ValueError(f"two handlers for one fact on {topic}")
            known.update(handlers)
    return merged
