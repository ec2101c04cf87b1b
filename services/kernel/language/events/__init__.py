"""Every fact that is told, by its name on the wire, and how bytes become facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from services.kernel.language.envelope import Envelope
from services.kernel.language.events import directory, disclosure, exchange, intake, issues, review
from services.kernel.language.events.meaning import Way
from services.kernel.language.events.parts import Fact

FACTS: dict[str, type[Fact]] = {
    fact.TYPE: fact
    for module in (directory, intake, review, issues, disclosure, exchange)
    for fact in vars(module).values()
    if isinstance(fact, type) and issubclass(fact, Fact) and "TYPE" in vars(fact) and fact.__module__ == module.__name__
}

ARRIVAL_TOPIC, ARRIVAL_URGENT_TOPIC = "exchange.arrival", "exchange.arrival_urgent"
RETURNED_TOPIC, RETURNED_URGENT_TOPIC = "exchange.returned", "exchange.returned_urgent"
"""Where the exchange tells what arrived, and what a neighbour still has of this node's own facts after a restore."""


def urgent_twins() -> dict[str, str]:
    """The urgent twin of every topic that has one, without the node's prefix."""
    own = {fact.TOPIC: fact.URGENT_TOPIC for fact in FACTS.values() if fact.URGENT_TOPIC}
    return {**own, ARRIVAL_TOPIC: ARRIVAL_URGENT_TOPIC, RETURNED_TOPIC: RETURNED_URGENT_TOPIC}


def topic_names() -> list[str]:
    """Every topic of a node, without its prefix."""
    twins = urgent_twins()
    return sorted({*(fact.TOPIC for fact in FACTS.values()), *twins, *twins.values()})


def arriving() -> list[type[Fact]]:
    """The facts that may arrive from another node and are told here again; what is said about an erasure is not."""
    return [fact for fact in FACTS.values() if fact.WAYS - {Way.BESIDE}]


def marks() -> list[dict[str, str]]:
    """What each fact that stands in histories is called there, for those who read them by program."""
    return [{"code": fact.TYPE, "label": fact.LABEL} for fact in FACTS.values() if fact.RANK]


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


def fact_in(envelope: Envelope) -> Fact | None:
    """The envelope's fact; None where it is not known or not readable here, which the inboxes of a node park for repair."""
    try:
        return open_fact(envelope)
    except (FactUnknown, FactUnreadable):
        return None


def _upcast(envelope: Envelope) -> dict[str, Any]:
    import json

    data: dict[str, Any] = json.loads(envelope.data)
    for version in range(envelope.version, FACTS[envelope.type].VERSION):
        data = UPCASTERS[envelope.type, version](data)
    return data
