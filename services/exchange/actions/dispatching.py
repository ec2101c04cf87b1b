"""Sending on: facts noted in a transaction get their rows in the ledger just before it commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.exchange import metrics
from services.exchange.actions.border import wake_channel
from services.exchange.model import Dispatch
from services.exchange.policy import routing
from services.exchange.policy.chain import Chain, Tip, fresh_salt, link_name, sealed, walk
from services.exchange.store.dialect import insert_rows
from services.exchange.store.lanes import change_lane, lock_lanes
from services.exchange.store.routes import expect_files, keep_routes, routes_of
from services.kernel.language.envelope import Envelope, to_structured
from services.kernel.language.events.parts import Fact
from services.kernel.language.events.review import SubmissionForwardedUp, SubmissionReportedUp
from services.kernel.runtime.transaction import Transaction

_NOTED = "exchange.noted"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What becomes one row: the chain it belongs to, and its bytes.

    `weight` is what it weighs on the road when that is not its bytes alone.
    """

    chain: Chain
    event_id: str
    type: str
    body: bytes
    weight: int = 0


@dataclass
class _Plan:
    """Everything that the facts of one transaction lead to."""

    rows: list[Outgoing] = field(default_factory=list)
    routes: dict[str, routing.Route] = field(default_factory=dict)
    files: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))


def send_on(tx: Transaction, fact: Fact, envelope: Envelope) -> None:
    """Note a fact that was told here or has arrived here, to go to the neighbours it is for.

    All facts of a transaction are routed and written together when its handlers are done.
    """
    noted = tx.session.info.setdefault(_NOTED, [])
    if not noted:
        tx.before_commit(lambda: _write_noted(tx))
    noted.append((fact, envelope))


async def append_rows(tx: Transaction, rows: Sequence[Outgoing]) -> None:
    """Write rows at the end of their chains, in the order given, and wake their carriers."""
    by_chain: dict[Chain, list[Outgoing]] = defaultdict(list)
    for row in rows:
        by_chain[row.chain].append(row)
    lanes = await lock_lanes(tx.session, by_chain, own=tx.node.node_id)
    for chain, outgoing in by_chain.items():
        lane = lanes[chain]
        tip = await _append(tx, chain, Tip(lane.epoch, lane.n, lane.h), outgoing)
        await change_lane(tx.session, chain, n=tip.n, h=tip.h)
        tx.signal(wake_channel(chain))
        metrics.DISPATCHED.labels(tx.node.node_id, chain.link.split(">")[1], chain.lane).inc(len(outgoing))


async def _append(tx: Transaction, chain: Chain, tip: Tip, outgoing: Sequence[Outgoing]) -> Tip:
    rows = [sealed(tip.n + place, one.body, salt=fresh_salt()) for place, one in enumerate(outgoing, start=1)]
    chained = walk(chain, epoch=tip.epoch, previous=tip.h, rows=rows)
    await insert_rows(
        tx.session,
        Dispatch,
        [
            ledger_row(chain, tip.epoch, link, event_id=one.event_id, type_=one.type, at=tx.now)
            | {"size": one.weight or len(one.body)}
            for one, link in zip(outgoing, chained, strict=True)
        ],
    )
    return Tip(tip.epoch, chained[-1].row.n, chained[-1].h)


def ledger_row(chain: Chain, epoch: int, chained: Any, *, event_id: str, type_: str, at: Any) -> dict[str, Any]:
    """A chained row as the ledger keeps it."""
    row = chained.row
    return {
        "link": chain.link,
        "lane": chain.lane,
        "epoch": epoch,
        "n": row.n,
        "event_id": event_id[:64],
        "type": type_[:80],
        "salt": row.salt or None,
        "body": row.body if row.salt else None,
        "size": len(row.body) + len(row.content),
        "digest": row.digest,
        "h": chained.h,
        "at": at,
    }


async def _write_noted(tx: Transaction) -> None:
    noted: list[tuple[Fact, Envelope]] = tx.session.info.pop(_NOTED)
    known = await routes_of(tx.session, (fact.key for fact, _ in noted if routing.info_type_of(fact)))
    plan = _plan(tx.node.node_id, noted, known)
    await keep_routes(tx.session, plan.routes, known=known)
    for peer, files in plan.files.items():
        await expect_files(tx.session, peer, files, now=tx.now)
        tx.signal("files")
    if plan.rows:
        await append_rows(tx, plan.rows)


def _plan(own: str, noted: Iterable[tuple[Fact, Envelope]], known: dict[str, routing.Route]) -> _Plan:
    plan = _Plan()
    for fact, envelope in noted:
        if routing.info_type_of(fact) is None:
            continue
        route = plan.routes.get(fact.key) or known.get(fact.key, ())
        route = routing.longer(route, routing.route_of(fact))
        if len(route) > 1:
            plan.routes[fact.key] = route
        passage = routing.Passage(own, frozenset((*envelope.via, envelope.node)), route)
        for peer in routing.peers_for(fact, passage):
            chain = Chain(link_name(own, peer), routing.lane_of(fact).value)
            plan.rows.append(Outgoing(chain, envelope.id, envelope.type, _body(own, fact, envelope)))
            plan.files[peer] |= _files_of(fact, peer)
    plan.files = {peer: files for peer, files in plan.files.items() if files}
    return plan


def _body(own: str, fact: Fact, envelope: Envelope) -> bytes:
    """The bytes that cross: the born envelope, having passed this node."""
    crossing = routing.for_crossing(fact)
    if crossing is not fact:
        envelope = replace(envelope, data=crossing.model_dump_json().encode())
    return to_structured(envelope.passed(own))


def _files_of(fact: Fact, peer: str) -> dict[str, int]:
    """Digest and size of the files that come with a report, for the node it goes up to."""
    if not isinstance(fact, SubmissionReportedUp | SubmissionForwardedUp) or fact.item.hops[-1].to_node != peer:
        return {}
    return {file.sha256: file.size for file in fact.content.attachments}
