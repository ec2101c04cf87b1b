"""Signed statements between nodes: heads, receipts, and the request to give rows back."""

from __future__ import annotations

import enum
import secrets
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
    WANT_FILE = "want_file"  # the receiver: the file with the digest `tip.h` has not come whole, send it again


class Trust(enum.Enum):
    """What the check of a signature came to."""

    GOOD = "good"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_KEY = "unknown_key"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of one node about one chain, signed with the key named `key_id`.

    `wants` is the number from which the receiver asks to be sent again, 0 when it asks nothing.
    `incarnation` names the run of the lane in which its maker said it, `answers` the run of the
    other side that it had heard last: who reads its own there knows that it was said just now.
    A statement without `incarnation` is of the first form; `plain_signature` is the signature
    over that form, for neighbours that know no other.
    """

    kind: Kind
    chain: Chain
    tip: Tip
    at: datetime
    wants: int = 0
    key_id: str = ""
    signature: bytes = b""
    incarnation: str = ""
    answers: str = ""
    plain_signature: bytes = b""

    @property
    def signed_bytes(self) -> bytes:
        """The bytes that the signature covers."""
        if not self.incarnation:
            return self.plain_bytes
        return fields("shangda-exchange-2", *self._said, self.incarnation, self.answers)

    @property
    def plain_bytes(self) -> bytes:
        """The bytes that a signature of the first form covers."""
        return fields("shangda-exchange-1", *self._said)

    @property
    def _said(self) -> tuple[bytes | str | int, ...]:
        return (
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


def new_incarnation() -> str:
    """A name for one run of a lane, which no other run has ever had, whatever was restored."""
    return secrets.token_hex(12)


@dataclass(frozen=True, slots=True)
class Signer:
    """A node's own key, able to sign statements."""

    key_id: str
    private_key: Ed25519PrivateKey

    def sign(self, statement: Statement) -> Statement:
        """The statement under this node's signature, in both forms when it names an incarnation."""
        named = replace(statement, key_id=self.key_id, signature=b"", plain_signature=b"")
        plain = self.private_key.sign(named.plain_bytes) if named.incarnation else b""
        return replace(named, signature=self.private_key.sign(named.signed_bytes), plain_signature=plain)

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
    except (InvalidSignature, ValueError, OverflowError):
        return Trust.BAD_SIGNATURE
    return Trust.GOOD
