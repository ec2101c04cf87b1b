"""Which facts cross to which neighbours, and what of them.

An item's route is the line of nodes that it went up: author's node first. A report goes one node
up; everything that a node tells about the item goes one node back; an answer goes up until it is
with the node that asked. Each node sends on what arrived by the same rules, so that a fact
reaches the author hop by hop. All else stays inside the node.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.kernel.language.events.exchange import ErasureDecided, ErasureDeclined, SubmissionDelivered
from services.kernel.language.events.parts import Fact, Hop, SubmissionFact
from services.kernel.language.events.review import (
    InstructionRecorded,
    SubmissionAdopted,
    SubmissionAnswered,
    SubmissionAsked,
    SubmissionDeclined,
    SubmissionEdited,
    SubmissionForwardedUp,
    SubmissionReceived,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import InfoType, Lane, Share

Route = tuple[str, ...]
"""The nodes of an item's way up, the author's first, each once."""

Ways = tuple[Route, ...]
"""The routes on which an item is known here, the present one first; none for one that was never here."""

GOES_BACK: tuple[type[Fact], ...] = (
    SubmissionReceived,
    SubmissionAsked,
    SubmissionEdited,
    SubmissionReturned,
    SubmissionDeclined,
    SubmissionAdopted,
    SubmissionForwardedUp,
    InstructionRecorded,
    SubmissionDelivered,
)
GOES_UP: tuple[type[Fact], ...] = (SubmissionReportedUp, SubmissionForwardedUp)

UP = frozenset({SubmissionReportedUp.TYPE, SubmissionForwardedUp.TYPE, SubmissionAnswered.TYPE})
DOWN = frozenset(fact.TYPE for fact in GOES_BACK)
"""What a neighbour below may say, and one above; all else stays inside a node."""

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
    if isinstance(fact, SubmissionAnswered):
        wanted = [_toward_asker(fact, passage)]
    elif isinstance(fact, ErasureDecided | ErasureDeclined):
        wanted = _about_erasure(fact, passage)
    else:
        wanted = [*_receiver(fact, passage), *_back(fact, passage)]
    barred = passage.passed | {passage.node}
    return [peer for peer in dict.fromkeys(wanted) if peer and peer not in barred]


def may_go_on(route: Route, *, node: str, passed: Collection[str]) -> bool:
    """Whether a fact that arrived could be for somebody else too: a neighbour on the item's route.

    A cheap look before the fact is opened; for most arrivals this node is the last one.
    """
    return node not in route or any(one not in passed for one in neighbours_on(route, node))


def lane_of(fact: Fact) -> Lane:
    """The lane a fact travels on: everything about an emergency is urgent, and about an erasure."""
    if isinstance(fact, ErasureDecided | ErasureDeclined):
        return Lane.URGENT
    return Lane.URGENT if info_type_of(fact) is InfoType.EMERGENCY else Lane.ROUTINE


def for_crossing(fact: Fact) -> Fact:
    """The fact as other nodes may see it: an instruction's text stays unless shared as text."""
    if isinstance(fact, InstructionRecorded) and fact.share is not Share.TEXT and fact.text is not None:
        return fact.model_copy(update={"text": None})
    return fact


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
    """Whether a fact is about an item at all, so that it may cross."""
    return info_type_of(fact) is not None or isinstance(fact, ErasureDecided | ErasureDeclined)


def neighbours_on(route: Route, node: str) -> list[str]:
    """The nodes before and after this one on an item's route: with them lie copies of it."""
    if node not in route:
        return []
    at = route.index(node)
    return [one for one in route[max(at - 1, 0) : at + 2] if one != node]


def info_type_of(fact: Fact) -> InfoType | None:
    """The type of the item that a fact is about, None when it is about no item."""
    if isinstance(fact, SubmissionFact):
        return fact.item.info_type
    return fact.info_type if isinstance(fact, SubmissionDelivered) else None


def _about_erasure(fact: ErasureDecided | ErasureDeclined, passage: Passage) -> list[str]:
    """Told here: the neighbours with copies, or the one that asked. Arrived here: nobody, as each node decides."""
    if passage.passed - {passage.node}:
        return []
    return list(fact.neighbours) if isinstance(fact, ErasureDecided) else [fact.asked_by]


def _receiver(fact: Fact, passage: Passage) -> list[str]:
    """The node that a report goes up to, when it starts from here."""
    if not isinstance(fact, GOES_UP) or not isinstance(fact, SubmissionFact) or not fact.item.hops:
        return []
    hop = fact.item.hops[-1]
    return [hop.to_node] if hop.from_node == passage.node else []


def _back(fact: Fact, passage: Passage) -> list[str]:
    """The node before this one on the item's route."""
    if not isinstance(fact, GOES_BACK) or _stays(fact):
        return []
    route = longer(passage.route, route_of(fact))
    at = route.index(passage.node) if passage.node in route else 0
    return [route[at - 1]] if at else []


def _stays(fact: Fact) -> bool:
    """Whether this one fact of a crossing kind concerns nobody outside."""
    if isinstance(fact, InstructionRecorded):
        return fact.share is Share.NONE
    return isinstance(fact, SubmissionReturned) and fact.item.hop == 0


def _toward_asker(fact: SubmissionAnswered, passage: Passage) -> str:
    """The next node up the route, unless the node that asked is reached."""
    route = longer(passage.route, route_of(fact))
    if passage.node not in route:
        return ""
    at = route.index(passage.node)
    is_above = fact.to_node in route[at + 1 :] or fact.to_node not in route
    return route[at + 1] if is_above and at + 1 < len(route) else ""
