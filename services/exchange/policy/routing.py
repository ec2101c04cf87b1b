"""Which facts cross to which neighbours, and what of them.

An item's route is the line of nodes that it went up: author's node first. A report goes one node
up; everything that a node tells about the item goes one node back; an answer goes up until it is
with the node that asked. Each node sends on what arrived by the same rules, so that a fact
reaches the author hop by hop. All else stays inside the node.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.kernel.language.events.meaning import Way
from services.kernel.language.events.parts import Fact, Hop, SubmissionFact
from services.kernel.language.vocabulary import Lane

Route = tuple[str, ...]
"""The nodes of an item's way up, the author's first, each once."""

Ways = tuple[Route, ...]
"""The routes on which an item is known here, the present one first; none for one that was never here."""

MOST_WAYS = 4
"""An item that came back from above may be sent to another office; so many of its ways are remembered."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a fact stands when its way is decided: at which node, what it passed, the known route."""

    node: str
    passed: frozenset[str] = frozenset()
    route: Route = ()


def peers_for(fact: Fact, passage: Passage) -> list[str]:
    """The neighbours that a fact is for, told here or arrived here."""
    is_told_here = not passage.passed - {passage.node}
    wanted: list[str] = []
    if is_told_here and not fact.ways.isdisjoint({Way.UP, Way.BESIDE}):
        wanted += fact.addressees
    if Way.TO_ASKER in fact.ways:
        wanted += _toward_asker(fact, passage)
    if Way.BACK in fact.ways:
        wanted += _back(fact, passage)
    barred = passage.passed | {passage.node}
    return [peer for peer in dict.fromkeys(wanted) if peer and peer not in barred]


def may_go_on(route: Route, *, node: str, passed: Collection[str]) -> bool:
    """Whether a fact that arrived could be for somebody else too: a neighbour on the item's route.

    A cheap look before the fact is opened; for most arrivals this node is the last one.
    """
    return node not in route or any(one not in passed for one in neighbours_on(route, node))


def lane_of(fact: Fact) -> Lane:
    """The lane a fact travels on: everything about an emergency is urgent, and about an erasure."""
    return Lane.URGENT if fact.is_urgent else Lane.ROUTINE


def route_of(fact: Fact) -> Route:
    """The route as far as the fact itself knows it."""
    return route_along(fact.item.hops) if isinstance(fact, SubmissionFact) else ()


def route_along(hops: Sequence[Hop]) -> Route:
    """The nodes that hops lead through; hops inside one node count once."""
    nodes = [hop.from_node for hop in hops[:1]] + [hop.to_node for hop in hops]
    return tuple(dict.fromkeys(nodes))


def longer(known: Route, other: Route) -> Route:
    """The route that knows more."""
    return other if len(other) > len(known) else known


def along(route: Route, node: str) -> int:
    """The place of a node on a route; its end when it is not on it."""
    return route.index(node) if node in route else len(route)


def with_way(ways: Ways, route: Route, *, is_newest: bool = False) -> Ways:
    """The ways of an item with one more, the newest first; one that leads further replaces its beginning.

    `is_newest` when the item is sent on it now, also when it was sent so before.
    """
    covering = next((way for way in ways if way[: len(route)] == route), None)
    if covering is not None and not is_newest:
        return ways
    others = [way for way in ways if way != covering and route[: len(way)] != way]
    return (covering or route, *others)[:MOST_WAYS]


def with_ways(ways: Ways, newer: Sequence[Route]) -> Ways:
    """The ways of an item with several more, in their order before the others."""
    for route in reversed(newer):
        ways = with_way(ways, route, is_newest=True)
    return ways


def concerns_item(fact: Fact) -> bool:
    """Whether a fact is about an item at all, so that it may cross or say where the item goes."""
    return fact.place is not None or bool(fact.WAYS)


def neighbours_on(route: Route, node: str) -> list[str]:
    """The nodes before and after this one on an item's route: with them lie copies of it."""
    if node not in route:
        return []
    at = route.index(node)
    return [one for one in route[max(at - 1, 0) : at + 2] if one != node]


def _back(fact: Fact, passage: Passage) -> list[str]:
    """The node before this one on the item's route."""
    route = longer(passage.route, route_of(fact))
    at = route.index(passage.node) if passage.node in route else 0
    return [route[at - 1]] if at else []


def _toward_asker(fact: Fact, passage: Passage) -> list[str]:
    """The next node up the route, unless the node that asked is reached."""
    route = longer(passage.route, route_of(fact))
    if passage.node not in route:
        return []
    further = route[route.index(passage.node) + 1 :]
    is_above = any(asker in further or asker not in route for asker in fact.addressees)
    return list(further[:1]) if is_above else []
