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
    PEER_RESTORED = "peer_restored"  # below an earlier receipt and newer: resend from there
    REPLAYED = "replayed"  # below an earlier receipt and older: drop
    RESTORED_HERE = "restored_here"  # the peer holds rows that are missing here: take them back
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
class Sent:
    """The sender's own knowledge: its chain's tip, how far it is receipted, and when that was said."""

    tip: Tip
    receipted_n: int = 0
    receipted_at: datetime | None = None


def weigh(receipt: Statement, *, chain: Chain, sent: Sent, own_h: bytes | None, keys: Keys) -> Acceptance:
    """Compare a receipt with one's own chain.

    Args:
        own_h: The hash of one's own row with the receipt's number, None when there is none.
    """
    if receipt.chain != chain or receipt.kind is not Kind.RECEIPT:
        return Acceptance.MISDIRECTED
    trust = trust_in(receipt, keys)
    if trust is not Trust.GOOD:
        return Acceptance(trust.value)
    if receipt.tip.epoch != sent.tip.epoch:
        return Acceptance.EPOCH_AHEAD if receipt.tip.epoch > sent.tip.epoch else Acceptance.OLD_EPOCH
    if receipt.tip.n > sent.tip.n:
        return Acceptance.RESTORED_HERE
    if own_h != receipt.tip.h:
        return Acceptance.FORK
    return _advance(receipt, sent)


def _advance(receipt: Statement, sent: Sent) -> Acceptance:
    if receipt.tip.n > sent.receipted_n:
        return Acceptance.ADVANCED
    if receipt.tip.n == sent.receipted_n:
        return Acceptance.REPEATED
    is_newer = sent.receipted_at is None or receipt.at > sent.receipted_at
    return Acceptance.PEER_RESTORED if is_newer else Acceptance.REPLAYED
