"""Whatever stands on a link's topic: it is the neighbour's and well formed, or it is refused at little cost."""

import json
import tracemalloc
import zlib
from dataclasses import replace
from typing import Any

import pytest

from services.exchange.policy.chain import Chain, Tip
from services.exchange.policy.signature import Kind, Signer, Statement
from services.exchange.policy.unsealing import Door, MessageRefused
from services.exchange.policy.wire import LARGEST_MESSAGE_BYTES, MAGIC, Message, pack
from tests.unit.exchange.ledger_fixture import CHAIN, DISTRICT, NOON, STRANGER, TOWNSHIP, Sender

BACK = Chain("district>township", "routine")
DOOR = Door(
    inward=CHAIN,
    out=BACK,
    peer_keys={TOWNSHIP.key_id: TOWNSHIP.public_key},
    own_keys={DISTRICT.key_id: DISTRICT.public_key},
)


def a_batch(body: bytes = b"one", **sender: Any) -> Message:
    made = Sender(**sender)
    made.write(body)
    return made.batch(1, 1)


def with_header(message: Message, **changes: object) -> bytes:
    """The message with other words in its header, which its signature does not cover any more."""
    plain = zlib.decompress(pack(message)[len(MAGIC) :])
    length = int.from_bytes(plain[:4], "big")
    header = json.dumps(json.loads(plain[4 : 4 + length]) | changes).encode()
    return with_plain(header, plain[4 + length :])


def with_plain(header: bytes, rows: bytes = b"") -> bytes:
    return MAGIC + zlib.compress(len(header).to_bytes(4, "big") + header + rows)


def said(kind: Kind, chain: Chain, key: Signer = TOWNSHIP) -> Message:
    return Message(key.sign(Statement(kind, chain, Tip(1, 1, bytes(32)), NOON)))


def refused(raw: bytes) -> str:
    with pytest.raises(MessageRefused) as caught:
        DOOR.unseal(raw)
    return caught.value.kind


def bomb(size: int, **sender: Any) -> bytes:
    """A head that was signed, with rows behind it that unpack to very much."""
    plain = zlib.decompress(pack(a_batch(**sender))[len(MAGIC) :])
    length = int.from_bytes(plain[:4], "big")
    return MAGIC + zlib.compress(plain[: 4 + length] + bytes(size))


@pytest.mark.parametrize(
    "message",
    [
        a_batch(),
        said(Kind.RECEIPT, BACK),
        said(Kind.WANT_FILE, BACK),
        said(Kind.GIVE_BACK, CHAIN),
        replace(a_batch(key=DISTRICT, chain=BACK), is_returned=True),
    ],
)
def test_what_a_neighbour_may_say_comes_in(message: Message) -> None:
    assert DOOR.unseal(pack(message)) == message


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (a_batch(key=STRANGER), "unknown_key"),
        (a_batch(key=replace(STRANGER, key_id=TOWNSHIP.key_id)), "bad_signature"),
        (a_batch(chain=Chain("village>district", "routine")), "misdirected"),
        (a_batch(chain=replace(CHAIN, lane="urgent")), "misdirected"),
        (a_batch(chain=BACK), "misdirected"),
        (said(Kind.RECEIPT, CHAIN), "misdirected"),
        (said(Kind.WANT_FILE, CHAIN), "misdirected"),
        (said(Kind.GIVE_BACK, BACK), "misdirected"),
        (said(Kind.RECEIPT, BACK, DISTRICT), "unknown_key"),
        (said(Kind.GIVE_BACK, CHAIN, STRANGER), "unknown_key"),
        (replace(a_batch(chain=BACK), is_returned=True), "unknown_key"),
        (replace(a_batch(), is_returned=True), "misdirected"),
    ],
)
def test_what_somebody_else_says_or_a_neighbour_about_another_chain_is_refused(message: Message, kind: str) -> None:
    assert refused(pack(message)) == kind


HEADERS: dict[str, dict[str, Any]] = {
    "the first hour, east": {"at": "0001-01-01T00:00:00+14:00"},
    "the last hour, west": {"at": "9999-12-31T23:59:59-14:00"},
    "the first year": {"at": "0001-01-01T00:00:00+00:00"},
    "the year 2200": {"at": "2200-01-01T00:00:00+00:00"},
    "no zone": {"at": "2026-11-24T04:00:00"},
    "no time": {"at": 12},
    "endless": {"n": float("inf")},
    "not a number": {"epoch": float("nan")},
    "very large": {"n": 10**400},
    "half a row": {"rows": 0.5},
    "true": {"rows": True},
    "many rows": {"rows": 10**9},
    "more rows than there can be": {"rows": 7, "n": 3},
    "half a character": {"link": "\ud800"},
    "half a character in a key": {"key_id": "\udc00"},
    "a nul": {"lane": "a\0b"},
    "no such kind": {"kind": "\ud800"},
    "a list": {"signature": []},
    "a long hash": {"previous": "00" * 5_000_000},
    "deep": {"previous": eval("[" * 90 + "]" * 90)},
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_nobody_could_mean_is_refused_and_raises_nothing_else(name: str) -> None:
    assert refused(with_header(a_batch(), **HEADERS[name])) == "malformed"


RAW = {
    "empty": b"",
    "other bytes": b"hello",
    "another version": b"SX\x02" + pack(a_batch())[3:],
    "no compression": MAGIC + b"hello",
    "cut off": pack(a_batch())[:-7],
    "cut off in the header": MAGIC + zlib.compress(b"\0\0\3\0{"),
    "nothing in it": MAGIC + zlib.compress(b""),
    "something behind": pack(a_batch()) + b"x",
    "a header of 4 GB": MAGIC + zlib.compress(b"\xff\xff\xff\xff" + bytes(100)),
    "a header that is a list": with_plain(b"[]"),
    "a header that is no JSON": with_plain(b"{"),
    "a header that is no text": with_plain(b"\xff\xfe"),
    "a deep header": with_plain(b"[" * 3_900),
    "a deeper header": with_plain(b"[" * 1_000_000),
    "a long number": with_plain(b"9" * 3_900),
    "more than a producer of ours sends": MAGIC + bytes(2_000_001),
    "rows behind a receipt": with_header(said(Kind.RECEIPT, BACK), rows=1),
    "very much behind a true head": bomb(LARGEST_MESSAGE_BYTES + 1),
}


@pytest.mark.parametrize("name", RAW)
def test_bytes_that_are_no_message_are_refused_and_raise_nothing_else(name: str) -> None:
    assert refused(RAW[name]) == "malformed"


def test_rows_behind_a_head_that_is_not_verified_are_never_looked_at() -> None:
    assert refused(bomb(LARGEST_MESSAGE_BYTES + 1, key=STRANGER)) == "unknown_key"
    assert refused(bomb(10, chain=BACK)) == "misdirected"


@pytest.mark.parametrize("raw", [with_plain(bytes(50_000_000)), bomb(50_000_000)], ids=["unsigned", "behind a head"])
def test_a_message_costs_no_more_memory_than_its_limits(raw: bytes) -> None:
    assert len(raw) < 60_000
    tracemalloc.start()
    try:
        refused(raw)
        assert tracemalloc.get_traced_memory()[1] < 3 * LARGEST_MESSAGE_BYTES
    finally:
        tracemalloc.stop()
