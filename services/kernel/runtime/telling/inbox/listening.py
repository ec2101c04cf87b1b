"""What a service listens to: topic → fact → handler; and a message as it came."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.kernel.language.events import Fact, urgent_twins
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox.positions import Position

Handler = Callable[[Transaction, Any], Awaitable[None]]
ListensTo = dict[str, dict[type[Fact], Handler]]
"""Topic without the node's prefix → fact → what is done here. The key `Fact` itself takes any fact.

A service names the routine topics; it hears their urgent twins too.
"""


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


def in_both_lanes(table: ListensTo) -> ListensTo:
    """The table with the urgent twin of each of its topics, where the same is done."""
    twins = urgent_twins()
    return {**table, **{twins[topic]: dict(handlers) for topic, handlers in table.items() if topic in twins}}
