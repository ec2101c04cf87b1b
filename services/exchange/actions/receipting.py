"""Receipts: what the neighbour holds, and the deliveries that follow from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from services.exchange import metrics
from services.exchange.actions.border import Border
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.model import Delivery, Dispatch, Lane, SignedStatement
from services.exchange.policy.chain import Tip
from services.exchange.policy.receipts import Acceptance, Sent, weigh
from services.exchange.policy.signature import Statement
from services.exchange.store.dialect import insert_rows
from services.exchange.store.lanes import change_lane, lock_lanes
from services.exchange.store.ledger import bodies, delivered_before, hashes, statement_row
from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.parts import Item
from services.kernel.language.events.review import SubmissionForwardedUp, SubmissionReportedUp
from services.kernel.runtime.transaction import Transaction

_DELIVERED_TYPES = (SubmissionReportedUp.TYPE, SubmissionForwardedUp.TYPE)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a receipt came to, and how far the chain is receipted after it."""

    acceptance: Acceptance
    receipted_n: int
    wants: int = 0
    restoring_n: int = 0


async def accept_receipt(tx: Transaction, border: Border, receipt: Statement) -> Accepted:
    """Take in a receipt for this node's own chain; tell 已送达 for the hops that it covers."""
    chain = border.out
    lane = (await lock_lanes(tx.session, [chain], own=border.own))[chain]
    sent = Sent(Tip(lane.epoch, lane.n, lane.h), lane.receipted_n, lane.receipted_at)
    own = await hashes(tx.session, Dispatch, chain, epoch=receipt.tip.epoch, numbers=[receipt.tip.n])
    acceptance = weigh(receipt, chain=chain, sent=sent, own_h=own.get(receipt.tip.n), keys=border.peer_keys)
    metrics.RECEIPTS.labels(border.own, border.peer, border.lane, acceptance.value).inc()
    changes = await _consequences(tx, border, lane, receipt, acceptance, own.get(receipt.tip.n))
    if changes:
        await change_lane(tx.session, chain, **changes)
    is_peers_word = acceptance in {Acceptance.ADVANCED, Acceptance.REPEATED, Acceptance.PEER_RESTORED}
    return Accepted(
        acceptance,
        changes.get("receipted_n", lane.receipted_n),
        receipt.wants if is_peers_word else 0,
        changes.get("restoring_n", lane.restoring_n),
    )


async def _consequences(  # noqa: PLR0917 - all of it is the one comparison
    tx: Transaction, border: Border, lane: Lane, receipt: Statement, acceptance: Acceptance, own_h: bytes | None
) -> dict[str, Any]:
    """The lane's columns that a receipt changes."""
    said = receipt.tip
    if acceptance is Acceptance.ADVANCED:
        await insert_rows(tx.session, SignedStatement, [statement_row(receipt, is_ours=False)])
        await _tell_deliveries(tx, border, epoch=said.epoch, after=lane.receipted_n, up_to=said.n)
        return {"receipted_n": said.n, "receipted_at": receipt.at, "heard_at": tx.now, **_catching_up(tx, lane, said.n)}
    if acceptance is Acceptance.REPEATED:
        return {"receipted_at": max(receipt.at, lane.receipted_at or receipt.at), "heard_at": tx.now}
    if acceptance is Acceptance.PEER_RESTORED:
        await keep_conflict(tx, border.out, acceptance.value, epoch=said.epoch, n=said.n, ours=own_h)
        return {"receipted_n": said.n, "carried_n": said.n, "receipted_at": receipt.at, "heard_at": tx.now}
    if acceptance is Acceptance.RESTORED_HERE:
        return {"restoring_n": max(said.n, lane.restoring_n), "heard_at": tx.now}
    return await _refused(tx, border, lane, receipt, acceptance, own_h)


async def _refused(  # noqa: PLR0917 - all of it is the one comparison
    tx: Transaction, border: Border, lane: Lane, receipt: Statement, acceptance: Acceptance, own_h: bytes | None
) -> dict[str, Any]:
    if not (acceptance.is_refused or acceptance.stops_lane):
        return {}
    evidence = {"at": receipt.at.isoformat(), "key_id": receipt.key_id[:60], "signature": receipt.signature.hex()[:128]}
    said = receipt.tip if acceptance.stops_lane else Tip(0, 0)
    await keep_conflict(
        tx, border.out, acceptance.value, epoch=said.epoch, n=said.n, ours=own_h, theirs=said.h,
        detail=json.dumps(evidence),
    )  # fmt: skip
    if not acceptance.stops_lane or lane.forked_at:
        return {}
    metrics.FORKS.labels(border.own, border.peer, border.lane).inc()
    return {"forked_at": tx.now}


def _catching_up(tx: Transaction, lane: Lane, receipted_n: int) -> dict[str, Any]:
    """Where catching up began, as long as it goes on; cleared when everything is receipted."""
    if receipted_n >= lane.n:
        return {"catching_up_since": None} if lane.catching_up_since else {}
    if lane.catching_up_since is None:
        return {"catching_up_since": tx.now, "catching_up_from_n": lane.receipted_n}
    return {}


async def _tell_deliveries(tx: Transaction, border: Border, *, epoch: int, after: int, up_to: int) -> None:
    """Tell each hop that the receipt covers delivered, once per version."""
    found = await bodies(tx.session, border.out, epoch=epoch, after=after, up_to=up_to, types=_DELIVERED_TYPES)
    items = {_place(item): item for body in found if (item := _item_for(border, body))}
    for place in await delivered_before(tx.session, [item.origin_id for item in items.values()]):
        items.pop(place, None)
    rows = [dict(zip(("origin_id", "hop", "version"), place, strict=True)) | {"at": tx.now} for place in items]
    await insert_rows(tx.session, Delivery, rows)
    for item in items.values():
        tx.tell(_delivery(item, tx.now))


def _place(item: Item) -> tuple[str, int, int]:
    return str(item.origin_id), item.hops[-1].n, item.version


def _item_for(border: Border, body: bytes) -> Item | None:
    """The head of the item in a report to this very peer; None for one that only passes by."""
    try:
        item = Item.model_validate(from_json(body)["data"]["item"])
    except (ValueError, KeyError, TypeError):
        return None
    is_hop = bool(item.hops) and (item.hops[-1].from_node, item.hops[-1].to_node) == (border.own, border.peer)
    return item if is_hop else None


def _delivery(item: Item, now: datetime) -> SubmissionDelivered:
    hop = item.hops[-1]
    return SubmissionDelivered(
        origin_id=item.origin_id,
        info_type=item.info_type,
        hop=hop.n,
        version=item.version,
        from_node=hop.from_node,
        to_node=hop.to_node,
        at=now,
    )
