"""Which facts cross to which neighbours, and what of them.

An item's route is the line of nodes that it went up: author's node first. A report goes one node
up; everything that a node tells about the item goes one node back; an answer goes up until it is
with the node that asked. Each node sends on what arrived by the same rules, so that a fact
reaches the author hop by hop. All else stays inside the node.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.kernel.language.events import FACTS
from services.kernel.language.events.exchange import SubmissionDelivered
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

_UP = frozenset({SubmissionReportedUp.TYPE, SubmissionForwardedUp.TYPE, SubmissionAnswered.TYPE})
_DOWN = frozenset(fact.TYPE for fact in GOES_BACK)
_CROSSING = _UP | _DOWN


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
    else:
        wanted = [*_receiver(fact, passage), *_back(fact, passage)]
    barred = passage.passed | {passage.node}
    return [peer for peer in dict.fromkeys(wanted) if peer and peer not in barred]


def is_theirs(type_: str, route: Route, *, node: str, peer: str, peer_is_above: bool) -> bool:
    """Whether a neighbour may say this: reports and answers come from below, all else from above.

    A township must not be able to tell its district that the city adopted its item. `route` is
    empty for a fact that names none. A type unknown here is let through: the inboxes park it.
    """
    if type_ not in FACTS:
        return True
    if type_ not in _CROSSING:
        return False
    is_along = not route or _neighbours_on(route, upper=peer, lower=node)
    if peer_is_above:
        return type_ in _DOWN and is_along
    return type_ in _UP and _neighbours_on(route, upper=node, lower=peer)


def _neighbours_on(route: Route, *, upper: str, lower: str) -> bool:
    """Whether the route leads from the lower node straight to the upper one."""
    return (lower, upper) in itertools.pairwise(route)


def may_go_on(route: Route, *, node: str, passed: Collection[str]) -> bool:
    """Whether a fact that arrived could be for somebody else too: a neighbour on the item's route.

    A cheap look before the fact is opened; for most arrivals this node is the last one.
    """
    if node not in route:
        return True
    at = route.index(node)
    return any(one not in passed for one in route[max(at - 1, 0) : at + 2] if one != node)


def lane_of(fact: Fact) -> Lane:
    """The lane a fact travels on: everything about an emergency is urgent."""
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


def info_type_of(fact: Fact) -> InfoType | None:
    """The type of the item that a fact is about, None when it is about no item."""
    if isinstance(fact, SubmissionFact):
        return fact.item.info_type
    return fact.info_type if isinstance(fact, SubmissionDelivered) else None


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
