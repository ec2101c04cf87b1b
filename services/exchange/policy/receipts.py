"""What a receipt means to the sender: it advances, repeats, shows a restored peer, or a fork."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from services.exchange.policy.chain import Chain, Tip
from services.exchange.policy.signature import Keys, Kind, Statement, Trust, trust_in


class Acceptance(enum.StrEnum):
    """The outcome of comparing a receipt with one's own chain."""

    ADVANCED = "advanced"  # more rows are held there than before
    REPEATED = "repeated"  # nothing new
    PEER_RESTORED = "peer_restored"  # below an earlier receipt, said just now in a new run: resend from there
    REPLAYED = "replayed"  # said before the present run of either side, or before an earlier receipt: drop
    RESTORED_HERE = "restored_here"  # the peer holds rows that are missing here: take them back
    NEVER_SENT = "never_sent"  # the peer says to hold rows that it could not give back: go on without it
    FORK = "fork"  # the peer holds another row under the same number
    OLD_EPOCH = "old_epoch"  # the peer has not opened the epoch yet
    EPOCH_AHEAD = "epoch_ahead"  # the peer is in an epoch that is unknown here
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_KEY = "unknown_key"
    MISDIRECTED = "misdirected"

    @property
    def stops_lane(self) -> bool:
        """Whether a person has to decide before anything more is carried."""
        return self in {Acceptance.FORK, Acceptance.EPOCH_AHEAD}

    @property
    def is_refused(self) -> bool:
        """Whether the receipt proves nothing."""
        return self in {Acceptance.BAD_SIGNATURE, Acceptance.UNKNOWN_KEY, Acceptance.MISDIRECTED}


@dataclass(frozen=True, slots=True)
class Heard:
    """What this run of the lane has heard: its own name, and the peer's runs, the present one last."""

    incarnation: str = ""
    peers: tuple[str, ...] = ()

    def knows(self, incarnation: str) -> bool:
        """Whether a run of the peer was heard before."""
        return incarnation in self.peers

    def is_over(self, incarnation: str) -> bool:
        """Whether the peer has begun another run since that one was heard."""
        return incarnation in self.peers[:-1]

    def with_peer(self, incarnation: str) -> Heard:
        """The same, a run of the peer heard as well."""
        return self if self.knows(incarnation) else Heard(self.incarnation, (*self.peers, incarnation)[-MOST_RUNS:])


def takes_the_place_of(later: Statement, earlier: Statement) -> bool:
    """Whether a receipt says all that an earlier one of the same run said, so that it need not be looked at.

    Receipts are cumulative. A number that was receipted with two hashes is looked at twice.
    """
    said_by = (later.chain, later.incarnation, later.answers, later.key_id, later.tip.epoch)
    if said_by != (earlier.chain, earlier.incarnation, earlier.answers, earlier.key_id, earlier.tip.epoch):
        return False
    return later.tip.n > earlier.tip.n or later.tip == earlier.tip


def add_receipt(receipts: list[Statement], receipt: Statement) -> None:
    """Add one to those that are to be looked at, in its predecessor's place where it says all that that one said.

    Behind a backlog hundreds lie there, and each that is looked at costs a transaction.
    """
    if receipts and takes_the_place_of(receipt, receipts[-1]):
        receipts.pop()
    receipts.append(receipt)


MOST_RUNS = 100
"""Runs of the peer that are remembered; a replayed receipt of an earlier one costs a resend, no more."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The sender's own knowledge: its chain's tip, how far it is receipted, and when that was said.

    `unproven_n` is what the peer said to hold beyond the tip and could not give back;
    `peer_names_itself` once it has named its incarnation, so that it never speaks the first form again.
    """

    tip: Tip
    receipted_n: int = 0
    receipted_at: datetime | None = None
    unproven_n: int = 0
    peer_names_itself: bool = False


def weigh(
    receipt: Statement, *, chain: Chain, sent: Sent, own_h: bytes | None, keys: Keys, heard: Heard = Heard()
) -> Acceptance:  # fmt: skip
    """Compare a receipt with one's own chain.

    Args:
        own_h: The hash of one's own row with the receipt's number, None when there is none.
        heard: What this run of the lane has heard before the receipt.
    """
    if receipt.chain != chain or receipt.kind is not Kind.RECEIPT:
        return Acceptance.MISDIRECTED
    trust = trust_in(receipt, keys)
    if trust is not Trust.GOOD:
        return Acceptance(trust.value)
    if receipt.incarnation and (not is_an_answer(receipt, sent, heard) or heard.is_over(receipt.incarnation)):
        return Acceptance.REPLAYED
    if receipt.tip.epoch != sent.tip.epoch:
        return Acceptance.EPOCH_AHEAD if receipt.tip.epoch > sent.tip.epoch else Acceptance.OLD_EPOCH
    if receipt.tip.n > sent.tip.n:
        return Acceptance.NEVER_SENT if receipt.tip.n <= sent.unproven_n else Acceptance.RESTORED_HERE
    if own_h != receipt.tip.h:
        return Acceptance.FORK
    return _advance(receipt, sent, heard)


def is_an_answer(receipt: Statement, sent: Sent, heard: Heard) -> bool:
    """Whether the peer said this after everything that this node had sent before the present run.

    The road keeps the order, so a receipt that names the present run was given when all that an
    earlier run had sent was taken in. A peer that names no runs is believed, as it always was.
    """
    if receipt.incarnation:
        return receipt.answers == heard.incarnation
    return not sent.peer_names_itself


def _advance(receipt: Statement, sent: Sent, heard: Heard) -> Acceptance:
    if receipt.tip.n > sent.receipted_n:
        return Acceptance.ADVANCED
    if receipt.tip.n == sent.receipted_n:
        return Acceptance.REPEATED
    return Acceptance.PEER_RESTORED if _is_of_a_new_run(receipt, sent, heard) else Acceptance.REPLAYED


def _is_of_a_new_run(receipt: Statement, sent: Sent, heard: Heard) -> bool:
    """Whether a receipt below an earlier one comes from a peer that was restored; no clock is asked."""
    if receipt.incarnation:
        return not heard.knows(receipt.incarnation)
    if sent.peer_names_itself:
        return False
    return sent.receipted_at is None or receipt.at > sent.receipted_at
