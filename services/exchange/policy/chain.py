"""The chain of a lane: each row's digest, each row's hash over the one before."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

ZERO = bytes(32)
"""The hash before the first row of a chain."""

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Chain:
    """The address of one chain: a directed link (`township>district`) and a lane."""

    link: str
    lane: str


@dataclass(frozen=True, slots=True)
class Tip:
    """How far a chain goes: epoch, number of the last row, its hash."""

    epoch: int = 1
    n: int = 0
    h: bytes = ZERO


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the ledger as it travels.

    `salt` and `body` are empty once the row is erased; the digest stays. `content` is the chunk
    of a file that a row of the bulk lane describes; it is not part of the digest, its own
    digest stands in the body.
    """

    n: int
    salt: bytes
    body: bytes
    digest: bytes
    content: bytes = b""

    @property
    def is_erased(self) -> bool:
        """Whether only the digest is left."""
        return not self.salt


@dataclass(frozen=True, slots=True)
class ChainedRow:
    """A row with its hash."""

    row: Row
    h: bytes

    def erased(self) -> ChainedRow:
        """The same row without its bytes."""
        return ChainedRow(Row(self.row.n, b"", b"", self.row.digest), self.h)


def link_name(sender: str, receiver: str) -> str:
    """The name of the directed link between two nodes."""
    return f"{sender}>{receiver}"


def fresh_salt() -> bytes:
    """A new random salt."""
    return secrets.token_bytes(SALT_BYTES)


def digest_of(salt: bytes, body: bytes) -> bytes:
    """d = SHA-256(salt ‖ bytes)."""
    return hashlib.sha256(salt + body).digest()


def sealed(n: int, body: bytes, *, salt: bytes) -> Row:
    """A new row with its digest."""
    return Row(n=n, salt=salt, body=body, digest=digest_of(salt, body))


def hash_of(chain: Chain, *, epoch: int, n: int, previous: bytes, digest: bytes) -> bytes:
    """hₙ = SHA-256(hₙ₋₁ ‖ link ‖ lane ‖ epoch ‖ n ‖ d), every field behind its length."""
    return hashlib.sha256(fields(previous, chain.link, chain.lane, epoch, n, digest)).digest()


def walk(chain: Chain, *, epoch: int, previous: bytes, rows: Iterable[Row]) -> list[ChainedRow]:
    """Hash consecutive rows onto `previous`; their digests are taken as they stand."""
    chained = []
    for row in rows:
        previous = hash_of(chain, epoch=epoch, n=row.n, previous=previous, digest=row.digest)
        chained.append(ChainedRow(row, previous))
    return chained


def is_intact(row: Row) -> bool:
    """Whether the bytes of a row fit its digest; an erased row has nothing left to check."""
    return row.is_erased or digest_of(row.salt, row.body) == row.digest


def fields(*values: bytes | str | int) -> bytes:
    """The canonical bytes of a list of values: each behind its length in 4 bytes big-endian.

    Whole numbers take 8 bytes big-endian, text is UTF-8.
    """
    return b"".join(len(part).to_bytes(4, "big") + part for part in map(_bytes, values))


def _bytes(value: bytes | str | int) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else value.to_bytes(8, "big")
