"""The frontier: every fact that arrives is opened here and held against what a neighbour may say of which item.

What a neighbour has signed may still be hostile. It is kept as evidence, receipted and counted, and
told to nobody; what stands behind it goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pydantic_core import from_json

from services.exchange.actions.border import Border
from services.exchange.policy.arrivals import NOT_PLAIN, NOT_THEIRS, SET_ASIDE, UNREADABLE, fault_in
from services.exchange.policy.belonging import Known, Neighbour, Said, belongs, units_named
from services.exchange.policy.chain import ChainedRow
from services.exchange.policy.chunks import could_be_a_file
from services.exchange.policy.routing import Route, Ways, route_of, with_way
from services.exchange.store.known_units import known_units
from services.exchange.store.lanes import find_lane
from services.exchange.store.routes import keep_ways, ways_of
from services.kernel.language.envelope import Envelope, EnvelopeUnreadable, from_structured
from services.kernel.language.events import fact_in
from services.kernel.language.events.meaning import Way
from services.kernel.language.events.parts import Fact
from services.kernel.language.events.sending import SubmissionSentUp
from services.kernel.language.plain import is_plain
from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.storing.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Opening:
    """A row opened: its envelope, the fact when it is known here, the route it names, and what is wrong with it."""

    envelope: Envelope
    fact: Fact | None
    route: Route
    fault: str = ""

    @property
    def said(self) -> Said:
        """What decides whose it is to say."""
        one = self.envelope
        return Said(one.type, one.node, one.via, one.subject, self.route, self.fact)


@dataclass
class Frontier:
    """What is known of the items and units that the facts of one transaction name."""

    who: Neighbour
    known: Known
    before: dict[str, Ways]
    ways: dict[str, Ways] = field(default_factory=dict)

    def fault_in(self, opening: Opening) -> str:
        """Why a fact is told to nobody, as the kind of a conflict; empty when it is told, and its item then known."""
        key = opening.envelope.subject
        ways = self.ways.get(key) or self.before.get(key, ())
        if opening.fault:
            return opening.fault
        if not belongs(opening.said, self.who, ways=ways, known=self.known):
            return NOT_THEIRS
        if opening.fact is not None and Way.UP in opening.fact.WAYS and not self.who.is_above:
            self.ways[key] = with_way(ways, opening.route)
        return ""

    async def keep(self, tx: Transaction) -> None:
        """Keep from where items came."""
        await keep_ways(tx.session, self.ways, known=self.before)


async def frontier_for(tx: Transaction, border: Border, openings: Sequence[Opening]) -> Frontier:
    """What has to be known about these facts."""
    if not openings:
        return Frontier(Neighbour(border.own, border.peer, border.peer_is_above), Known(), {})
    is_settled = border.run.is_answered
    if border.peer_is_above and is_settled:
        lane = await find_lane(tx.session, border.out)
        is_settled = lane is None or lane.restoring_n <= lane.n
    who = Neighbour(border.own, border.peer, border.peer_is_above, is_settled)
    named = [unit for opening in openings for unit in units_named(opening.fact)]
    known = await known_units(tx.session, named, peer=border.peer)
    return Frontier(who, known, await ways_of(tx.session, {opening.envelope.subject for opening in openings}))


def carries_fact(border: Border, chained: ChainedRow) -> bool:
    """Whether a row should hold a fact: not when it is erased, nor on the lane of files."""
    return not chained.row.is_erased and border.lane != Lane.BULK


def open_row(border: Border, chained: ChainedRow, untold: Collection[int]) -> Opening | None:
    """The fact in a row; None when there is none whose attributes could be kept."""
    if not carries_fact(border, chained):
        return None
    try:
        envelope = from_structured(chained.row.body)
    except EnvelopeUnreadable:
        return None
    fault = fault_in(envelope)
    if fault == UNREADABLE:
        return None
    fact = None if fault else fact_in(envelope)
    if chained.row.n in untold:
        fault = SET_ASIDE
    elif fact is not None and not is_plain(fact):
        fault = NOT_PLAIN
    return Opening(envelope, fact, _route_in(envelope) if fact is None else route_of(fact), fault)


def files_with(fact: Fact | None) -> dict[str, int]:
    """Digest and size of the files that come with a report to this node."""
    if not isinstance(fact, SubmissionSentUp):
        return {}
    files = {file.sha256: file.size for file in fact.content.attachments}
    return {sha256: size for sha256, size in files.items() if could_be_a_file(sha256, size)}


def _route_in(envelope: Envelope) -> Route:
    """The route that a fact names which cannot be opened; empty when it names none."""
    try:
        hops = from_json(envelope.data)["item"]["hops"]
        return tuple(dict.fromkeys(str(node) for node in [hops[0]["from_node"], *(hop["to_node"] for hop in hops)]))
    except (ValueError, KeyError, TypeError, IndexError):
        return ()
