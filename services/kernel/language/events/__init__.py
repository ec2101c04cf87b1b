"""Every fact that is told, by its name on the wire, and how bytes become facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from services.kernel.language.envelope import Envelope
from services.kernel.language.events import directory, disclosure, exchange, intake, review
from services.kernel.language.events.parts import Fact

FACTS: dict[str, type[Fact]] = {
    fact.TYPE: fact
    for module in (directory, intake, review, disclosure, exchange)
    for fact in vars(module).values()
    if isinstance(fact, type) and issubclass(fact, Fact) and "TYPE" in vars(fact) and fact.__module__ == module.__name__
}

ARRIVAL_TOPIC = "exchange.arrival"
ARRIVAL_URGENT_TOPIC = "exchange.arrival_urgent"
RETURNED_TOPIC = "exchange.returned"
RETURNED_URGENT_TOPIC = "exchange.returned_urgent"
"""Where the exchange tells what a neighbour still has of this node's own facts, after a restore."""

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}
"""(type, old version) → what turns it into the next version; applied at the door, one step at a time."""


class FactUnreadable(ValueError):
    """The data does not have the shape its type and version promise."""


class FactUnknown(ValueError):
    """No fact of this type is known here, or its version is newer than ours."""


def open_fact(envelope: Envelope) -> Fact:
    """Turn an envelope into its fact, upcast to the newest version.

    Raises:
        FactUnknown: Unknown type, or a version newer than this code knows.
        FactUnreadable: The data does not validate.
    """
    fact = FACTS.get(envelope.type)
    if fact is None or envelope.version > fact.VERSION:
        raise FactUnknown(f"{envelope.type} version {envelope.version}")
    try:
        if envelope.version == fact.VERSION:
            return fact.model_validate_json(envelope.data)
        return fact.model_validate(_upcast(envelope))
    except ValidationError as fault:
        raise FactUnreadable(
            f"{envelope.type}: {fault.error_count()} fields: {fault.errors(include_input=False)[:3]}"
        ) from fault


def _upcast(envelope: Envelope) -> dict[str, Any]:
    import json

    data: dict[str, Any] = json.loads(envelope.data)
    for version in range(envelope.version, FACTS[envelope.type].VERSION):
        data = UPCASTERS[envelope.type, version](data)
    return data
