"""Receipts: what the neighbour holds, and the deliveries that follow from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from services.exchange import metrics
from services.exchange.actions.border import Border
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.actions.delivering import DELIVERED_TYPES, tell_deliveries
from services.exchange.model import Dispatch, Lane, SignedStatement
from services.exchange.policy.chain import Chain, Tip
from services.exchange.policy.receipts import Acceptance, Sent, is_an_answer, weigh
from services.exchange.policy.signature import Statement
from services.exchange.store.dialect import insert_rows
from services.exchange.store.lanes import change_lane, lock_lanes
from services.exchange.store.ledger import bodies, hashes, statement_row
from services.exchange.store.queue import has_queued
from services.kernel.runtime.storing.transaction import Transaction

_PEERS_WORD = {Acceptance.ADVANCED, Acceptance.REPEATED, Acceptance.PEER_RESTORED}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a receipt came to, and how far the chain is receipted after it.

    `must_ask` when the peer has not heard yet that this run of the lane has begun.
    """

    acceptance: Acceptance
    receipted_n: int
    wants: int = 0
    restoring_n: int = 0
    must_ask: bool = False


async def accept_receipt(tx: Transaction, border: Border, receipt: Statement) -> Accepted:
    """Take in a receipt for this node's own chain; tell 已送达 for the hops that it covers."""
    chain = border.out
    lane = (await lock_lanes(tx.session, [chain], own=border.own))[chain]
    run, sent = border.run, _sent(lane, border)
    own = await hashes(tx.session, Dispatch, chain, epoch=receipt.tip.epoch, numbers=[receipt.tip.n])
    own_h = own.get(receipt.tip.n)
    acceptance = weigh(receipt, chain=chain, sent=sent, own_h=own_h, keys=border.peer_keys, heard=run.heard)
    metrics.RECEIPTS.labels(border.own, border.peer, border.lane, acceptance.value).inc()
    changes = await _consequences(tx, border, lane, receipt, acceptance, own_h)
    if not acceptance.is_refused and receipt.incarnation and not lane.names_incarnation:
        changes["names_incarnation"] = True
    if changes:
        await change_lane(tx.session, chain, **changes)
    must_ask = _note_run(border, receipt, sent, acceptance)
    return Accepted(
        acceptance,
        changes.get("receipted_n", lane.receipted_n),
        receipt.wants if acceptance in _PEERS_WORD else 0,
        changes.get("restoring_n", lane.restoring_n),
        must_ask,
    )


async def disbelieve_receipt(tx: Transaction, border: Border) -> None:
    """Go on although the peer says to hold rows that it could not give back: keep that as a conflict."""
    chain = border.out
    lane = (await lock_lanes(tx.session, [chain], own=border.own))[chain]
    if lane.restoring_n <= lane.n:
        return
    border.run.unproven_n = lane.restoring_n
    await keep_conflict(tx, chain, Acceptance.NEVER_SENT.value, epoch=lane.epoch, n=lane.restoring_n)
    await change_lane(tx.session, chain, restoring_n=0)
    border.run.is_answered = True


def _sent(lane: Lane, border: Border) -> Sent:
    return Sent(
        Tip(lane.epoch, lane.n, lane.h),
        lane.receipted_n,
        lane.receipted_at,
        border.run.unproven_n,
        lane.names_incarnation,
    )


def _note_run(border: Border, receipt: Statement, sent: Sent, acceptance: Acceptance) -> bool:
    """Remember what the peer was heard to say in this run; whether it must be asked to say it anew."""
    run = border.run
    if acceptance.is_refused:
        return False
    if acceptance in _PEERS_WORD:
        run.unproven_n = 0
    if not is_an_answer(receipt, sent, run.heard):
        return not run.heard.knows(receipt.incarnation)
    run.is_answered = True
    if receipt.incarnation:
        run.heard = run.heard.with_peer(receipt.incarnation)
    return False


async def _consequences(  # noqa: PLR0917 - all of it is the one comparison
    tx: Transaction, border: Border, lane: Lane, receipt: Statement, acceptance: Acceptance, own_h: bytes | None
) -> dict[str, Any]:
    """The lane's columns that a receipt changes."""
    said = receipt.tip
    if acceptance is Acceptance.ADVANCED:
        await insert_rows(tx.session, SignedStatement, [statement_row(receipt, is_ours=False)])
        span = {"epoch": said.epoch, "after": lane.receipted_n, "up_to": said.n}
        await tell_deliveries(tx, border, await bodies(tx.session, border.out, types=DELIVERED_TYPES, **span))
        return {
            "receipted_n": said.n,
            "receipted_at": receipt.at,
            "heard_at": tx.now,
            **await _catching_up(tx, lane, said.n),
        }
    if acceptance is Acceptance.REPEATED:
        return {"receipted_at": max(receipt.at, lane.receipted_at or receipt.at), "heard_at": tx.now}
    if acceptance is Acceptance.NEVER_SENT:
        await keep_conflict(tx, border.out, acceptance.value, epoch=said.epoch, n=said.n, theirs=said.h)
        return {"heard_at": tx.now}
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


async def _catching_up(tx: Transaction, lane: Lane, receipted_n: int) -> dict[str, Any]:
    """Where catching up began, as long as it goes on; cleared when everything is receipted."""
    if receipted_n >= lane.n and not await has_queued(tx.session, Chain(lane.link, lane.lane)):
        return {"catching_up_since": None} if lane.catching_up_since else {}
    if lane.catching_up_since is None:
        return {"catching_up_since": tx.now, "catching_up_from_n": lane.receipted_n}
    return {}
