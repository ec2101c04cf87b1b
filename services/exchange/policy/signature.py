"""Signed statements between nodes: heads, receipts, and the request to give rows back."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.exchange.policy.chain import Chain, Tip, fields


class Kind(enum.StrEnum):
    """What a statement says about its chain."""

    HEAD = "head"  # the sender: my chain goes so far
    RECEIPT = "receipt"  # the receiver: I hold it up to here
    GIVE_BACK = "give_back"  # the sender, restored: my chain goes so far, give me what follows


class Trust(enum.Enum):
    """What the check of a signature came to."""

    GOOD = "good"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_KEY = "unknown_key"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of one node about one chain, signed with the key named `key_id`.

    `wants` is the number from which the receiver asks to be sent again, 0 when it asks nothing.
    """

    kind: Kind
    chain: Chain
    tip: Tip
    at: datetime
    wants: int = 0
    key_id: str = ""
    signature: bytes = b""

    @property
    def signed_bytes(self) -> bytes:
        """The bytes that the signature covers."""
        return fields(
            "shangda-exchange-1",
            self.kind.value,
            self.chain.link,
            self.chain.lane,
            self.tip.epoch,
            self.tip.n,
            self.tip.h,
            self.at.astimezone(UTC).isoformat(),
            self.wants,
            self.key_id,
        )


@dataclass(frozen=True, slots=True)
class Signer:
    """A node's own key, able to sign statements."""

    key_id: str
    private_key: Ed25519PrivateKey

    def sign(self, statement: Statement) -> Statement:
        """The statement under this node's signature."""
        named = replace(statement, key_id=self.key_id, signature=b"")
        return replace(named, signature=self.private_key.sign(named.signed_bytes))

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes of the public half."""
        return self.private_key.public_key().public_bytes_raw()


Keys = Mapping[str, bytes]
"""Public keys by their id, 32 raw bytes each."""


def trust_in(statement: Statement, keys: Keys) -> Trust:
    """Check the signature of a statement against the keys known for its maker."""
    raw = keys.get(statement.key_id)
    if raw is None:
        return Trust.UNKNOWN_KEY
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(statement.signature, statement.signed_bytes)
    except (InvalidSignature, ValueError):
        return Trust.BAD_SIGNATURE
    return Trust.GOOD
