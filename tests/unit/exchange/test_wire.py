"""Messages come through the wire unchanged, and nothing else is taken for one."""

import json
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.exchange.policy.chain import Row
from services.exchange.policy.wire import BATCH_BYTES, MAGIC, Message, MessageMalformed, fitting, pack, unpack
from tests.unit.exchange.ledger_fixture import Sender


@settings(deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=200), max_size=6))
def test_a_message_comes_through_unchanged(bodies: list[bytes]) -> None:
    sender = Sender()
    sender.write(*bodies)
    message = sender.batch(1, len(bodies))
    assert unpack(pack(message)) == message


def test_an_erased_row_and_a_chunk_come_through() -> None:
    sender = Sender()
    sender.write(b"one", b"two")
    batch = sender.batch(1, 2)
    one, two = batch.rows
    message = replace(batch, rows=(Row(1, b"", b"", one.digest), replace(two, content=b"\x00" * 1000)))
    assert unpack(pack(message)) == message


@given(st.binary(max_size=300))
def test_other_bytes_are_malformed(raw: bytes) -> None:
    for candidate in (raw, MAGIC + raw, MAGIC + zlib.compress(raw)):
        with pytest.raises(MessageMalformed):
            unpack(candidate)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_damaged_message_never_raises_anything_else(data: st.DataObject) -> None:
    sender = Sender()
    sender.write(b"one", b"two")
    plain = bytearray(zlib.decompress(pack(sender.batch(1, 2))[len(MAGIC) :]))
    for _ in range(data.draw(st.integers(1, 3))):
        plain[data.draw(st.integers(0, len(plain) - 1))] = data.draw(st.integers(0, 255))
    try:
        unpack(MAGIC + zlib.compress(bytes(plain)))
    except MessageMalformed:
        return


def test_a_message_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(MessageMalformed):
        unpack(MAGIC + zlib.compress(bytes(20_000_000)))


def test_a_batch_takes_what_fits_and_at_least_one_row() -> None:
    assert fitting([BATCH_BYTES + 1, 1]) == 1
    assert fitting([BATCH_BYTES - 1, 1, 1]) == 2
    assert fitting([1] * 5000) == 1000
    assert fitting([]) == 0


def test_a_message_without_rows_is_an_idle_head() -> None:
    message = Message(Sender().batch(1, 0).statement)
    assert unpack(pack(message)) == message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "2026-11-24T04:00:00"),
        ("n", 2**62),
        ("epoch", 2**31),
        ("key_id", "k" * 61),
        ("key_id", "a\x00b"),
        ("link", "x" * 131),
        ("signature", "00" * 200),
        ("kind", "no such kind"),
    ],
)
def test_a_header_that_no_database_or_clock_could_take_is_malformed(name: str, value: int | str) -> None:
    sender = Sender()
    sender.write(b"one")
    plain = zlib.decompress(pack(sender.batch(1, 1))[len(MAGIC) :])
    length = int.from_bytes(plain[:4], "big")
    header = json.dumps(json.loads(plain[4 : 4 + length]) | {name: value}).encode()
    raw = MAGIC + zlib.compress(len(header).to_bytes(4, "big") + header + plain[4 + length :])
    with pytest.raises(MessageMalformed):
        unpack(raw)
