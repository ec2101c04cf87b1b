"""What to do with a batch that arrives: the one place that decides between next, seen, gap and fork."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from services.exchange.policy.chain import Chain, ChainedRow, Tip, is_intact, walk
from services.exchange.policy.signature import Keys, Kind, Trust, trust_in
from services.exchange.policy.wire import Message


class Verdict(enum.StrEnum):
    """The outcome of judging one batch."""

    NEXT = "next"  # store and tell its rows
    SEEN = "seen"  # held already, same hashes: drop, receipt again
    GAP = "gap"  # rows before it are missing: apply nothing, ask for them
    FORK = "fork"  # a number held with another hash: the lane stops
    OLD_EPOCH = "old_epoch"  # a leftover from before the epoch was opened: drop
    EPOCH_AHEAD = "epoch_ahead"  # the sender opened an epoch that the operator here has not: the lane stops
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_KEY = "unknown_key"
    TAMPERED = "tampered"  # the rows are not those that the head was signed over
    MISDIRECTED = "misdirected"  # another link, lane or kind than this topic carries

    @property
    def stops_lane(self) -> bool:
        """Whether a person has to decide before anything more is applied."""
        return self in {Verdict.FORK, Verdict.EPOCH_AHEAD}

    @property
    def is_refused(self) -> bool:
        """Whether the message proves nothing and is thrown away with an alarm."""
        return self in _REFUSED


_REFUSED = {Verdict.BAD_SIGNATURE, Verdict.UNKNOWN_KEY, Verdict.TAMPERED, Verdict.MISDIRECTED}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and what follows from it.

    `rows` are those to apply and `tip` the chain's end after them. For a fork, `n` is the number
    with two hashes, `ours` and `theirs`.
    """

    verdict: Verdict
    tip: Tip
    rows: tuple[ChainedRow, ...] = ()
    n: int = 0
    ours: bytes = b""
    theirs: bytes = b""


Held = Mapping[int, bytes]
"""Hashes held in the current epoch, by number; judging needs those that `numbers_needed` names."""


def numbers_needed(message: Message, tip: Tip) -> set[int]:
    """The numbers whose held hashes decide about a batch."""
    ends = {message.first - 1, message.statement.tip.n}
    return {n for n in ends if 0 <= n <= tip.n}


def judge(message: Message, *, chain: Chain, tip: Tip, held: Held, keys: Keys) -> Judgement:
    """Decide about a batch from the sender of `chain`, of which `tip` is held here.

    Nothing of a message is believed before its head's signature and its rows' hashes are checked.
    """
    refusal = _refusal(message, chain, keys)
    if refusal:
        return Judgement(refusal, tip)
    head = message.statement.tip
    if head.epoch != tip.epoch:
        return Judgement(Verdict.EPOCH_AHEAD if head.epoch > tip.epoch else Verdict.OLD_EPOCH, tip, n=head.n)
    chained = walk(chain, epoch=head.epoch, previous=message.previous, rows=message.rows)
    if chained and (chained[-1].h != head.h or not all(map(is_intact, message.rows))):
        return Judgement(Verdict.TAMPERED, tip)
    return _place(message, chained, tip, held)


def is_proven(message: Message, *, chain: Chain, keys: Keys) -> bool:
    """Whether the peer said exactly this: right chain, signature and rows, wherever they belong."""
    if _refusal(message, chain, keys):
        return False
    head = message.statement.tip
    chained = walk(chain, epoch=head.epoch, previous=message.previous, rows=message.rows)
    return not chained or (chained[-1].h == head.h and all(map(is_intact, message.rows)))


def _refusal(message: Message, chain: Chain, keys: Keys) -> Verdict | None:
    statement = message.statement
    if statement.chain != chain or statement.kind is not Kind.HEAD:
        return Verdict.MISDIRECTED
    trust = trust_in(statement, keys)
    return None if trust is Trust.GOOD else Verdict(trust.value)


def _place(message: Message, chained: list[ChainedRow], tip: Tip, held: Held) -> Judgement:
    """Where a proven batch stands against what is held."""
    before, head = message.first - 1, message.statement.tip
    if before > tip.n:
        return Judgement(Verdict.GAP, tip, n=tip.n + 1)
    claims = {head.n: head.h, **{row.row.n: row.h for row in chained}}
    if chained:
        claims[before] = message.previous
    known = {**held, tip.n: tip.h}
    for n in sorted(claims):
        if n <= tip.n and n in known and known[n] != claims[n]:
            return Judgement(Verdict.FORK, tip, n=n, ours=known[n], theirs=claims[n])
    new = tuple(row for row in chained if row.row.n > tip.n)
    if not new:
        return Judgement(Verdict.SEEN, tip)
    return Judgement(Verdict.NEXT, Tip(tip.epoch, head.n, head.h), rows=new)
