"""Sending on: facts noted in a transaction are written for their neighbours just before it commits.

They have no number yet: a row is numbered when it is carried (see `numbering`), so that a node that
was restored from a backup never gives a number that it has given before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.exchange import metrics
from services.exchange.actions.border import wake_channel
from services.exchange.model import Queued
from services.exchange.policy import routing
from services.exchange.policy.chain import Chain, link_name
from services.exchange.store.dialect import insert_rows
from services.exchange.store.files import expect_files
from services.exchange.store.queue import Rank
from services.exchange.store.routes import keep_ways, ways_of
from services.kernel.language.envelope import Envelope, to_structured
from services.kernel.language.events.meaning import Way
from services.kernel.language.events.parts import Fact
from services.kernel.language.events.sending import SubmissionSentUp
from services.kernel.language.vocabulary import Lane
from services.kernel.runtime.storing.transaction import Transaction

_NOTED = "exchange.noted"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What becomes one row: the chain it belongs to, and its bytes.

    `weight` is what it weighs on the road when that is not its bytes alone; `at` when it was first
    written, when that was before.
    """

    chain: Chain
    event_id: str
    type: str
    body: bytes
    weight: int = 0
    at: datetime | None = None


@dataclass
class _Plan:
    """Everything that the facts of one transaction lead to."""

    rows: list[Outgoing] = field(default_factory=list)
    ways: dict[str, routing.Ways] = field(default_factory=dict)
    files: dict[tuple[str, bool], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))


def send_on(tx: Transaction, fact: Fact, envelope: Envelope) -> None:
    """Note a fact that was told here or has arrived here, to go to the neighbours it is for.

    All facts of a transaction are routed and written together when its handlers are done.
    """
    noted = tx.session.info.setdefault(_NOTED, [])
    if not noted:
        tx.before_commit(lambda: _write_noted(tx))
    noted.append((fact, envelope))


async def queue_rows(tx: Transaction, rows: Sequence[Outgoing], *, rank: Rank = Rank.USUAL) -> None:
    """Write rows for their chains, in the order given, and wake the carriers, which number them."""
    wanted = [
        {
            "link": row.chain.link,
            "lane": row.chain.lane,
            "rank": rank.value,
            "event_id": row.event_id[:64],
            "type": row.type[:80],
            "body": row.body,
            "size": row.weight or len(row.body),
            "at": row.at or tx.now,
        }
        for row in rows
    ]
    await insert_rows(tx.session, Queued, wanted)
    for chain, count in Counter(row.chain for row in rows).items():
        tx.signal(wake_channel(chain))
        metrics.DISPATCHED.labels(tx.node.node_id, chain.link.split(">")[1], chain.lane).inc(count)


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
    items = {fact.key for fact, _ in noted if routing.concerns_item(fact)}
    known = await ways_of(tx.session, items, locked=True)
    plan = _plan(tx.node.node_id, noted, known)
    await keep_ways(tx.session, plan.ways, known=known)
    for (peer, is_urgent), files in plan.files.items():
        await expect_files(tx.session, peer, files, now=tx.now, is_urgent=is_urgent)
        tx.signal("files")
    if plan.rows:
        await queue_rows(tx, plan.rows)


def _plan(own: str, noted: Iterable[tuple[Fact, Envelope]], known: dict[str, routing.Ways]) -> _Plan:
    plan = _Plan()
    for fact, envelope in noted:
        if not routing.concerns_item(fact):
            continue
        ways = plan.ways.get(fact.key) or known.get(fact.key, ())
        if route := routing.route_of(fact):
            is_sent_now = envelope.node == own and Way.UP in fact.ways
            ways = plan.ways[fact.key] = routing.with_way(ways, route, is_newest=is_sent_now)
        passage = routing.Passage(own, frozenset((*envelope.via, envelope.node)), ways[0] if ways else ())
        for peer in routing.peers_for(fact, passage):
            chain = Chain(link_name(own, peer), routing.lane_of(fact).value)
            plan.rows.append(Outgoing(chain, envelope.id, envelope.type, _body(own, fact, envelope)))
            plan.files[peer, chain.lane == Lane.URGENT] |= _files_of(fact, peer)
    plan.files = {place: files for place, files in plan.files.items() if files}
    return plan


def _body(own: str, fact: Fact, envelope: Envelope) -> bytes:
    """The bytes that cross: the born envelope, having passed this node."""
    crossing = fact.as_others_see_it()
    if crossing is not fact:
        envelope = replace(envelope, data=crossing.model_dump_json().encode())
    return to_structured(envelope.passed(own))


def _files_of(fact: Fact, peer: str) -> dict[str, int]:
    """Digest and size of the files that come with a report, for the node it goes up to."""
    if not isinstance(fact, SubmissionSentUp) or peer not in fact.addressees:
        return {}
    return {file.sha256: file.size for file in fact.content.attachments}
