"""The form of what travels: one Kafka message is one batch of consecutive rows, or one statement.

Layout, version 1: `SX`, a version byte, then zlib of: header length (4 bytes), header (JSON),
and per row: flags (1 byte), digest (32), salt, body and content each behind their length (4 bytes).

A header that names an incarnation has a second signature, which covers that too. A node that knows
only the first form overlooks both and checks the first, so that neighbours are upgraded one by one.

What comes is opened in two steps, so that nobody need believe anything: first the header alone, which
is small; then, once it is trusted, the rows.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC

from services.exchange.policy.chain import Chain, Row, Tip
from services.exchange.policy.signature import Kind, Statement
from services.kernel.language.moments import read_moment

MAGIC = b"SX\x01"
BATCH_BYTES = 900_000
"""Bodies and contents of one batch before compression."""

BATCH_ROWS = 1_000
ROW_WEIGHT_BYTES = 200
LARGEST_PACKED_BYTES = 2_000_000
LARGEST_HEADER_BYTES = 4_000
LARGEST_MESSAGE_BYTES = 3_000_000
"""What a message may be packed, what its header may be, and what all of it may unpack to; more is not ours."""

_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    struct.error,
    zlib.error,
    RecursionError,
)
_LENGTH = struct.Struct(">I")
_ROW = struct.Struct(">B32s")


class MessageMalformed(ValueError):
    """The bytes are no message of ours, or a message that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message between nodes.

    A head comes with the rows that it proves, or with none when the lane is idle; `previous` is
    the hash before the first row. Rows that are given back travel with their maker's own head and
    `is_returned`.
    """

    statement: Statement
    rows: tuple[Row, ...] = ()
    previous: bytes = b""
    is_returned: bool = False

    @property
    def size(self) -> int:
        """What its rows take of the memory, in bytes, roughly."""
        return sum(ROW_WEIGHT_BYTES + len(row.body) + len(row.content) for row in self.rows)

    @property
    def first(self) -> int:
        """Number of the first row, or of the row that would come next when there is none."""
        return self.statement.tip.n - len(self.rows) + 1


def pack(message: Message) -> bytes:
    """The bytes of a message."""
    header = json.dumps(_header_of(message), separators=(",", ":")).encode()
    parts = [_LENGTH.pack(len(header)), header]
    for row in message.rows:
        parts += [_ROW.pack(int(row.is_erased), row.digest)]
        for field in (row.salt, row.body, row.content):
            parts += [_LENGTH.pack(len(field)), field]
    return MAGIC + zlib.compress(b"".join(parts), 1)


class Sealed:
    """A message of which the header alone was read: at most `LARGEST_HEADER_BYTES` were unpacked."""

    def __init__(self, raw: bytes) -> None:
        """Read the header.

        Raises:
            MessageMalformed: It is not of this form, of another version, or too large.
        """
        if not raw.startswith(MAGIC) or len(raw) > LARGEST_PACKED_BYTES:
            raise MessageMalformed("not a message of version 1, or too large")
        with _malformed():
            self._inflation = _Inflation(raw[len(MAGIC) :])
            (length,) = _LENGTH.unpack(self._inflation.take(_LENGTH.size))
            if length > LARGEST_HEADER_BYTES:
                raise MessageMalformed("the header is too large")
            header = json.loads(self._inflation.take(length))
            self.statement = _statement_of(header)
            self.is_returned = bool(header["returned"])
            self._count = _whole(header, "rows")
            self._previous = _bytes(header, "previous")
            first = self.statement.tip.n - self._count + 1
            if self._count > BATCH_ROWS or (self._count and (first < 1 or self.statement.kind is not Kind.HEAD)):
                raise MessageMalformed("number of rows does not fit")

    def open(self) -> Message:
        """Unpack the rows.

        Raises:
            MessageMalformed: They are not of this form, or too large.
        """
        with _malformed():
            plain = self._inflation.rest(LARGEST_MESSAGE_BYTES)
            rows, at = [], 0
            for n in range(self.statement.tip.n - self._count + 1, self.statement.tip.n + 1):
                row, at = _row_at(plain, at, n)
                rows.append(row)
            if at != len(plain):
                raise MessageMalformed("bytes left over")
        return Message(self.statement, tuple(rows), self._previous, self.is_returned)


def unpack(raw: bytes) -> Message:
    """Read a whole message, whoever it is from.

    Raises:
        MessageMalformed: It is not of this form, of another version, or too large.
    """
    return Sealed(raw).open()


def fitting(sizes: Sequence[int]) -> int:
    """How many of the rows with these sizes, in order, go into one batch; at least one."""
    total = 0
    for count, size in enumerate(sizes[:BATCH_ROWS]):
        total += size
        if total > BATCH_BYTES and count:
            return count
    return min(len(sizes), BATCH_ROWS)


def _header_of(message: Message) -> dict[str, object]:
    said = message.statement
    named = {"incarnation": said.incarnation, "answers": said.answers, "signature_2": said.signature.hex()}
    return {
        "kind": said.kind.value,
        "link": said.chain.link,
        "lane": said.chain.lane,
        "epoch": said.tip.epoch,
        "n": said.tip.n,
        "h": said.tip.h.hex(),
        "at": said.at.isoformat(),
        "wants": said.wants,
        "key_id": said.key_id,
        "signature": (said.plain_signature if said.incarnation else said.signature).hex(),
        **(named if said.incarnation else {}),
        "rows": len(message.rows),
        "previous": message.previous.hex(),
        "returned": message.is_returned,
    }


def _statement_of(header: dict[str, object]) -> Statement:
    tip = Tip(_whole(header, "epoch", below=2**31), _whole(header, "n"), _bytes(header, "h"))
    if len(tip.h) != 32:
        raise MessageMalformed("a hash that is none")
    statement = Statement(
        kind=Kind(str(header["kind"])),
        chain=Chain(_text(header, "link", 130), _text(header, "lane", 10)),
        tip=tip,
        at=read_moment(_text(header, "at", 40)).astimezone(UTC),
        wants=_whole(header, "wants"),
        key_id=_text(header, "key_id", 60),
        signature=_bytes(header, "signature"),
    )
    if not (incarnation := _text(header, "incarnation", 40, default="")):
        return statement
    return replace(
        statement,
        incarnation=incarnation,
        answers=_text(header, "answers", 40, default=""),
        signature=_bytes(header, "signature_2"),
        plain_signature=statement.signature,
    )


def _row_at(plain: bytes, at: int, n: int) -> tuple[Row, int]:
    erased, digest = _ROW.unpack_from(plain, at)
    at += _ROW.size
    values = []
    for _ in range(3):
        (length,) = _LENGTH.unpack_from(plain, at)
        at += 4
        if at + length > len(plain):
            raise MessageMalformed("a row is cut off")
        values.append(plain[at : at + length])
        at += length
    row = Row(n, values[0], values[1], digest, values[2])
    if bool(erased) != row.is_erased or (erased and (row.body or row.content)):
        raise MessageMalformed("a row is half erased")
    return row, at


class _Inflation:
    """Unpacks no more than it is asked for."""

    def __init__(self, packed: bytes) -> None:
        self._inflater = zlib.decompressobj()
        self._packed = packed

    def take(self, count: int) -> bytes:
        """So many bytes; fewer mean that it is cut off."""
        found = b""
        while len(found) < count:
            more = self._some(count - len(found))
            if not more:
                raise MessageMalformed("cut off")
            found += more
        return found

    def rest(self, most: int) -> bytes:
        """All that follows."""
        plain = self._some(most + 1)
        if len(plain) > most or not self._inflater.eof or self._inflater.unused_data:
            raise MessageMalformed("too large, cut off, or followed by something else")
        return plain

    def _some(self, most: int) -> bytes:
        plain = self._inflater.decompress(self._packed, most) if most else b""
        self._packed = self._inflater.unconsumed_tail
        return plain


@contextmanager
def _malformed() -> Iterator[None]:
    try:
        yield
    except MessageMalformed:
        raise
    except _UNREADABLE as fault:
        raise MessageMalformed(f"{type(fault).__name__}: {fault}"[:300]) from fault


def _whole(header: dict[str, object], name: str, *, below: int = 2**62) -> int:
    value = header[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
        raise MessageMalformed(f"{name} is no whole number that could be")
    return value


def _text(header: dict[str, object], name: str, longest: int, *, default: str | None = None) -> str:
    value = header[name] if default is None else header.get(name, default)
    if not isinstance(value, str) or len(value) > longest or not (value.isprintable() and value.isascii()):
        raise MessageMalformed(f"{name} is no short text")
    return value


def _bytes(header: dict[str, object], name: str) -> bytes:
    value = str(header[name])
    if len(value) > 256:
        raise MessageMalformed(f"{name} is too long")
    return bytes.fromhex(value)
