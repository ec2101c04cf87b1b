"""Whose a fact is to tell: which neighbour may say what about which item, and under which unit's name.

A node takes facts about an item only from the neighbour that the item came from, or that it was sent
to; they name units of the nodes that they are said of, and nobody else's.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.exchange.policy.routing import Route, Ways, along
from services.kernel.language.events import FACTS
from services.kernel.language.events.meaning import Way
from services.kernel.language.events.parts import Fact, Item, OfficerRef, SignOff, SubmissionFact

_SAID_FROM_BELOW = frozenset({Way.UP, Way.TO_ASKER})
_SAID_FROM_ABOVE = frozenset({Way.BACK})
MOST_NODES = 12
"""No item goes through more levels than this, those inside one node included."""

_NODE = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True, slots=True)
class Said:
    """What a neighbour passes on: born where, passed which nodes, about what, along which route by its own words.

    `fact` is None when its type or version is unknown here, or its data cannot be read.
    """

    type: str
    node: str
    via: Route
    subject: str
    route: Route = ()
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Who says it to whom.

    `is_settled` once it is certain that this node knows all that it ever sent to the neighbour: a
    node that was restored may hear of an item before its own report comes back to it.
    """

    own: str
    peer: str
    is_above: bool
    is_settled: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What this node knows of units: their nodes, what subordinate ones are called, and who reports here directly.

    `offices` are the units under which subordinate nodes are governed here.
    """

    nodes: Mapping[UUID, str] = field(default_factory=dict)
    offices: Mapping[str, Collection[UUID]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    direct: frozenset[str] = frozenset()


def belongs(said: Said, who: Neighbour, *, ways: Ways, known: Known) -> bool:
    """Whether this is the neighbour's to say.

    A type unknown here is let through: the inboxes park it. What is said about an erasure decides
    nothing here, and whoever has carried the item may say it, of itself alone.
    """
    if said.via[:1] != (said.node,) or said.via[-1:] != (who.peer,) or who.own in said.via:
        return False
    if not all(map(_NODE.fullmatch, (*said.via, *said.route))) or len(said.route) > MOST_NODES:
        return False
    if (kind := FACTS.get(said.type)) is None:
        return True
    if Way.BESIDE in kind.WAYS:
        return said.node == who.peer
    if kind.WAYS.isdisjoint(_SAID_FROM_ABOVE if who.is_above else _SAID_FROM_BELOW):
        return False
    if said.fact is not None and not _agrees_with_itself(said, said.fact):
        return False
    is_theirs = _is_from_above(said, who, ways) if who.is_above else _is_from_below(said, who, ways, known)
    return is_theirs and (said.fact is None or _names_their_units(said.fact, who, known))


def _is_from_below(said: Said, who: Neighbour, ways: Ways, known: Known) -> bool:
    """A report of that very node, or an answer of one below it, about an item that nobody else has brought."""
    at = along(said.route, who.own)
    before = said.route[:at]
    if at == len(said.route) or before[-1:] != (who.peer,) or known.direct.intersection(before[:-1]):
        return False
    came_so = any(way[: along(way, who.own)] == before for way in ways)
    if not _is_report(said.type):
        return said.node in before and came_so
    return said.node == who.peer and at == len(said.route) - 1 and (came_so or not ways)


def _is_from_above(said: Said, who: Neighbour, ways: Ways) -> bool:
    """What a node further up did with an item that this node has sent to the neighbour."""
    at = along(said.route, who.own)
    further = said.route[at + 1 :]
    if said.route and (further[:1] != (who.peer,) or said.node not in further):
        return False
    sent = [way[: along(way, who.own)] for way in ways if (who.own, who.peer) in itertools.pairwise(way)]
    if not sent:
        return not who.is_settled
    return (not said.route or said.route[:at] in sent) and not any(said.node in before for before in sent)


def _agrees_with_itself(said: Said, fact: Fact) -> bool:
    """Whether inside and outside of a fact say the same, and its hops make one way from the author's node."""
    if fact.key != said.subject or fact.teller not in {"", said.node}:
        return False
    if not isinstance(fact, SubmissionFact):
        return True
    hops = fact.item.hops
    is_one_way = all(one.to_node == next_.from_node for one, next_ in itertools.pairwise(hops))
    is_counted = [hop.n for hop in hops] == list(range(1, len(hops) + 1))
    begins = 0 < len(hops) <= MOST_NODES and hops[0].from_node == fact.item.origin_node
    last_from = hops[-1].from_node if hops else ""
    is_reporter = not _is_report(said.type) or last_from == said.node
    return is_one_way and is_counted and begins and is_reporter


def _is_report(type_: str) -> bool:
    return Way.UP in FACTS[type_].WAYS


def _names_their_units(fact: Fact, who: Neighbour, known: Known) -> bool:
    if not isinstance(fact, SubmissionFact):
        return True
    if not all(_is_of(unit_id, name, node, known) for unit_id, name, node in _units_in(fact)):
        return False
    offices = known.offices.get(who.peer)
    if who.is_above or not offices:
        return True
    entered = [hop for hop in fact.item.hops if (hop.from_node, hop.to_node) == (who.peer, who.own)]
    return all(hop.from_unit_id in offices for hop in entered)


def _is_of(unit_id: UUID, name: str, node: str, known: Known) -> bool:
    """Whether a unit may be said to be of a node: no other is known here by that id, or governed by that name."""
    if unit_id in known.nodes:
        return known.nodes[unit_id] == node
    return known.names.get(name, node) == node


def _units_in(fact: SubmissionFact) -> Iterator[tuple[UUID, str, str]]:
    """Every unit that a fact names: its id, its name, and the node that it is said to be of."""
    item: Item = fact.item
    yield item.unit_id, item.unit_name, item.origin_node
    for unit in item.co_units:
        yield unit.unit_id, unit.name, item.origin_node
    for hop in item.hops:
        yield hop.from_unit_id, hop.from_unit_name, hop.from_node
    for value in vars(fact).values():
        officer = value.recorded_by if isinstance(value, SignOff) else value
        if isinstance(officer, OfficerRef):
            yield officer.unit_id, officer.unit_name, fact.node


def units_named(fact: Fact | None) -> list[tuple[UUID, str]]:
    """Id and name of every unit that a fact names."""
    return [(unit_id, name) for unit_id, name, _ in _units_in(fact)] if isinstance(fact, SubmissionFact) else []
