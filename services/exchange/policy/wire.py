"""The form of what travels: one Kafka message is one batch of consecutive rows, or one statement.

Layout, version 1: `SX`, a version byte, then zlib of: header length (4 bytes), header (JSON),
and per row: flags (1 byte), digest (32), salt, body and content each behind their length (4 bytes).
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.exchange.policy.chain import Chain, Row, Tip
from services.exchange.policy.signature import Kind, Statement

MAGIC = b"SX\x01"
BATCH_BYTES = 900_000
"""Bodies and contents of one batch before compression."""

BATCH_ROWS = 1_000
LARGEST_MESSAGE_BYTES = 8_000_000
"""What a message may unpack to; anything larger is not ours."""

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


def unpack(raw: bytes) -> Message:
    """Read a message.

    Raises:
        MessageMalformed: It is not of this form, of another version, or too large.
    """
    if not raw.startswith(MAGIC):
        raise MessageMalformed("not a message of version 1")
    try:
        plain = _inflate(raw[len(MAGIC) :])
        (length,) = _LENGTH.unpack_from(plain)
        header = json.loads(plain[4 : 4 + length])
        return _message_of(header, plain, 4 + length)
    except (ValueError, KeyError, TypeError, AttributeError, struct.error, zlib.error, RecursionError) as fault:
        raise MessageMalformed(f"{type(fault).__name__}: {fault}") from fault


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
        "signature": said.signature.hex(),
        "rows": len(message.rows),
        "previous": message.previous.hex(),
        "returned": message.is_returned,
    }


def _message_of(header: dict[str, object], plain: bytes, at: int) -> Message:
    count = _whole(header, "rows")
    statement = _statement_of(header)
    first = statement.tip.n - count + 1
    if count > BATCH_ROWS or (count and first < 1):
        raise MessageMalformed("number of rows does not fit")
    rows = []
    for n in range(first, first + count):
        row, at = _row_at(plain, at, n)
        rows.append(row)
    if at != len(plain):
        raise MessageMalformed("bytes left over")
    previous = bytes.fromhex(str(header["previous"]))
    return Message(statement, tuple(rows), previous, bool(header["returned"]))


def _statement_of(header: dict[str, object]) -> Statement:
    instant = datetime.fromisoformat(str(header["at"]))
    tip = Tip(_whole(header, "epoch"), _whole(header, "n"), bytes.fromhex(str(header["h"])))
    if instant.tzinfo is None or len(tip.h) != 32:
        raise MessageMalformed("time without zone, or a hash that is none")
    return Statement(
        kind=Kind(str(header["kind"])),
        chain=Chain(str(header["link"]), str(header["lane"])),
        tip=tip,
        at=instant,
        wants=_whole(header, "wants"),
        key_id=str(header["key_id"]),
        signature=bytes.fromhex(str(header["signature"])),
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


def _inflate(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    plain = inflater.decompress(packed, LARGEST_MESSAGE_BYTES)
    if not inflater.eof or inflater.unused_data:
        raise MessageMalformed("too large, cut off, or followed by something else")
    return plain


def _whole(header: dict[str, object], name: str) -> int:
    value = header[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise MessageMalformed(f"{name} is no whole number")
    return value
