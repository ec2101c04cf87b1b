"""Arrival: batches are judged, stored, told locally and sent on, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.exchange import metrics
from services.exchange.actions.border import Border
from services.exchange.actions.conflicts import keep_conflict
from services.exchange.actions.dispatching import ledger_row, send_on
from services.exchange.actions.erasures import about_erasure, hear_of_erasure
from services.exchange.actions.frontier import Opening, carries_fact, files_with, frontier_for, open_row
from services.exchange.model import Arrival, ArrivedEvent, Lane, SignedStatement
from services.exchange.policy.arrivals import UNREADABLE
from services.exchange.policy.chain import ChainedRow, Tip
from services.exchange.policy.chunks import CHUNK_TYPE
from services.exchange.policy.judgement import Judgement, Verdict, judge, numbers_needed
from services.exchange.policy.routing import may_go_on
from services.exchange.policy.signature import Kind, Statement
from services.exchange.policy.wire import Message
from services.exchange.store.dialect import insert_rows
from services.exchange.store.files import await_files
from services.exchange.store.lanes import change_lane, lock_lanes
from services.exchange.store.ledger import arrived_before, hashes, statement_row
from services.kernel.language.events import ARRIVAL_TOPIC, ARRIVAL_URGENT_TOPIC
from services.kernel.language.vocabulary import Lane as LaneWord
from services.kernel.runtime.storing.erased import hold_unless_erased, is_about_erased
from services.kernel.runtime.storing.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of some batches, and the receipt to give for them; none when the peer said nothing."""

    verdicts: tuple[Verdict, ...]
    receipt: Statement | None
    rows: int = 0


@dataclass
class _Intake:
    """What the batches of one transaction add up to."""

    tip: Tip
    held: dict[int, bytes]
    claimed_n: int
    rows: list[ChainedRow] = field(default_factory=list)
    heads: list[Statement] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    stopped: Judgement | None = None

    @property
    def heard(self) -> bool:
        """Whether anything of it was said by the peer."""
        return any(not verdict.is_refused for verdict in self.verdicts)

    @property
    def has_gap(self) -> bool:
        """Whether the peer says that it has more than is held here."""
        return self.claimed_n > self.tip.n


async def arrive(
    tx: Transaction,
    border: Border,
    messages: Sequence[Message],
    *,
    next_offset: int | None = None,
    untold: Collection[int] = (),
) -> Arrived:
    """Take in batches in the order in which they came; `next_offset` is where reading goes on, when it moves.

    The rows numbered in `untold` are stored and receipted, but told to nobody: telling them fails.
    """
    chain = border.inward
    moved = {} if next_offset is None else {"read_offset": next_offset}
    lane = (await lock_lanes(tx.session, [chain], own=border.own))[chain]
    if lane.forked_at is not None:
        if moved:
            await change_lane(tx.session, chain, **moved)
        return Arrived((), _signed_receipt(tx, border, Tip(lane.epoch, lane.n, lane.h)))
    intake = await _judge_all(tx, border, lane, messages)
    if intake.rows:
        await _store(tx, border, intake, untold)
    receipt = _receipt(tx, border, intake)
    if receipt and intake.rows:
        await insert_rows(tx.session, SignedStatement, [statement_row(receipt, is_ours=True)])
    await change_lane(tx.session, chain, **moved, **_changes(tx, border, lane, intake))
    return Arrived(tuple(intake.verdicts), receipt, len(intake.rows))


async def _judge_all(tx: Transaction, border: Border, lane: Lane, messages: Sequence[Message]) -> _Intake:
    tip = Tip(lane.epoch, lane.n, lane.h)
    needed: set[int] = set().union(*(numbers_needed(message, tip) for message in messages)) - {tip.n}
    held = await hashes(tx.session, Arrival, border.inward, epoch=tip.epoch, numbers=needed) if needed else {}
    intake = _Intake(tip, held, max(lane.claimed_n, lane.n))
    for message in messages:
        judgement = judge(message, chain=border.inward, tip=intake.tip, held=intake.held, keys=border.peer_keys)
        await _apply(tx, border, intake, message, judgement)
        if judgement.verdict.stops_lane:
            break
    return intake


async def _apply(tx: Transaction, border: Border, intake: _Intake, message: Message, judgement: Judgement) -> None:
    """Add one judged batch to the intake; what is wrong with it is kept."""
    head = message.statement
    intake.verdicts.append(judgement.verdict)
    if not judgement.verdict.is_refused:
        border.run.answers = head.incarnation
    metrics.BATCHES.labels(border.own, border.peer, border.lane, judgement.verdict.value).inc()
    if judgement.verdict in {Verdict.NEXT, Verdict.SEEN, Verdict.GAP}:
        intake.claimed_n = max(intake.claimed_n, head.tip.n)
    if judgement.verdict is Verdict.NEXT:
        intake.held[intake.tip.n] = intake.tip.h
        intake.held |= {chained.row.n: chained.h for chained in judgement.rows}
        intake.tip = judgement.tip
        intake.rows += judgement.rows
        intake.heads.append(head)
    elif judgement.verdict.is_refused or judgement.verdict.stops_lane:
        await _keep(tx, border, judgement, head)
        intake.stopped = judgement if judgement.verdict.stops_lane else None


async def _keep(tx: Transaction, border: Border, judgement: Judgement, head: Statement) -> None:
    evidence = {"at": head.at.isoformat(), "key_id": head.key_id[:60], "signature": head.signature.hex()[:128]}
    await keep_conflict(
        tx, border.inward, judgement.verdict.value, epoch=head.tip.epoch if judgement.n else 0, n=judgement.n,
        ours=judgement.ours or None, theirs=judgement.theirs or None, detail=json.dumps(evidence),
    )  # fmt: skip
    if judgement.verdict.stops_lane:
        metrics.FORKS.labels(border.own, border.peer, border.lane).inc()


async def _store(tx: Transaction, border: Border, intake: _Intake, untold: Collection[int]) -> None:
    opened = [(chained, open_row(border, chained, untold)) for chained in intake.rows]
    frontier = await frontier_for(tx, border, [opening for _, opening in opened if opening])
    ids = [opening.envelope.id for _, opening in opened if opening]
    before = await arrived_before(tx.session, ids) if ids else set()
    erased = await hold_unless_erased(tx.session, {opening.envelope.subject for _, opening in opened if opening})
    rows, fresh = [], []
    for chained, opening in opened:
        if opening is not None and is_about_erased(opening.envelope, erased):
            row = _arrival_row(tx, border, intake.tip.epoch, chained.erased(), opening)
            rows.append(row | {"is_told": False})
            continue
        fault = frontier.fault_in(opening) if opening else UNREADABLE
        is_new = opening is not None and not fault and opening.envelope.id not in before
        if opening is not None and is_new:
            before.add(opening.envelope.id)
            fresh.append({"event_id": opening.envelope.id})
            await _tell(tx, border, opening)
        elif fault and carries_fact(border, chained):
            metrics.SET_ASIDE.labels(border.own, border.peer, border.lane).inc()
            await keep_conflict(tx, border.inward, fault, epoch=intake.tip.epoch, n=chained.row.n)
        rows.append(_arrival_row(tx, border, intake.tip.epoch, chained, opening) | {"is_told": is_new})
    await frontier.keep(tx)
    await insert_rows(tx.session, Arrival, rows)
    await insert_rows(tx.session, ArrivedEvent, fresh)
    heads = [statement_row(head, is_ours=False) for head in intake.heads]
    await insert_rows(tx.session, SignedStatement, heads)
    metrics.ARRIVED.labels(border.own, border.peer, border.lane).inc(len(rows))


async def _tell(tx: Transaction, border: Border, opening: Opening) -> None:
    """Tell the born fact on this node, and note it for the nodes behind; what is said about an erasure is heard here."""
    envelope, is_urgent = opening.envelope, border.lane == LaneWord.URGENT
    if (about := about_erasure(envelope)) is not None:
        await hear_of_erasure(tx, border, about)
        return
    tx.retell(envelope, topic=ARRIVAL_URGENT_TOPIC if is_urgent else ARRIVAL_TOPIC, key=envelope.subject)
    if files := files_with(opening.fact):
        await await_files(tx.session, border.peer, files, now=tx.now, is_urgent=is_urgent)
    if opening.fact is not None and may_go_on(opening.route, node=border.own, passed={*envelope.via, envelope.node}):
        send_on(tx, opening.fact, envelope)


def _arrival_row(
    tx: Transaction, border: Border, epoch: int, chained: ChainedRow, opening: Opening | None
) -> dict[str, Any]:
    unread = CHUNK_TYPE if border.lane == LaneWord.BULK else UNREADABLE
    event_id, type_ = (opening.envelope.id, opening.envelope.type) if opening else ("", unread)
    return ledger_row(border.inward, epoch, chained, event_id=event_id, type_=type_, at=tx.now)


def _receipt(tx: Transaction, border: Border, intake: _Intake) -> Statement | None:
    if not intake.heard:
        return None
    wants = intake.tip.n + 1 if intake.has_gap and not intake.stopped else 0
    return _signed_receipt(tx, border, intake.tip, wants)


def _signed_receipt(tx: Transaction, border: Border, tip: Tip, wants: int = 0) -> Statement:
    return border.sign(Statement(Kind.RECEIPT, border.inward, tip, tx.now, wants))


def _changes(tx: Transaction, border: Border, lane: Lane, intake: _Intake) -> dict[str, Any]:
    """What the batches change about the lane besides its position."""
    changes: dict[str, Any] = {"n": intake.tip.n, "h": intake.tip.h, "claimed_n": intake.claimed_n}
    if intake.heard:
        changes["heard_at"] = tx.now
    if intake.has_gap and lane.gap_since is None:
        changes["gap_since"] = tx.now
        metrics.GAPS.labels(border.own, border.peer, border.lane).inc()
    elif not intake.has_gap:
        changes["gap_since"] = None
    if intake.stopped:
        changes["forked_at"] = tx.now
    return changes
