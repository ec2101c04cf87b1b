"""Whatever the road does to batches, rows take effect once, in order, and tampering shows."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.exchange.policy.chain import Chain, Tip, sealed
from services.exchange.policy.judgement import Verdict
from services.exchange.policy.signature import Kind
from services.exchange.policy.wire import Message
from tests.unit.exchange.ledger_fixture import STRANGER, Receiver, Sender


@pytest.fixture
def sender() -> Sender:
    sender = Sender()
    sender.write(*(b"fact %d" % n for n in range(1, 8)))
    return sender


def test_the_next_batch_is_applied(sender: Sender) -> None:
    receiver = Receiver()
    assert receiver.take(sender.batch(1, 3)).verdict is Verdict.NEXT
    assert receiver.take(sender.batch(4, 7)).verdict is Verdict.NEXT
    assert [n for n, _ in receiver.applied] == [1, 2, 3, 4, 5, 6, 7]


def test_a_batch_seen_before_is_dropped(sender: Sender) -> None:
    receiver = Receiver()
    receiver.take(sender.batch(1, 3))
    assert receiver.take(sender.batch(1, 3)).verdict is Verdict.SEEN
    assert receiver.take(sender.batch(2, 3)).verdict is Verdict.SEEN
    assert receiver.tip.n == 3


def test_of_a_partly_known_batch_only_the_new_rows_are_applied(sender: Sender) -> None:
    receiver = Receiver()
    receiver.take(sender.batch(1, 3))
    judgement = receiver.take(sender.batch(2, 6))
    assert [chained.row.n for chained in judgement.rows] == [4, 5, 6]


def test_a_gap_applies_nothing_and_names_the_row_that_is_missing(sender: Sender) -> None:
    receiver = Receiver()
    receiver.take(sender.batch(1, 2))
    judgement = receiver.take(sender.batch(5, 6))
    assert (judgement.verdict, judgement.n, judgement.rows) == (Verdict.GAP, 3, ())


def test_an_idle_head_above_what_is_held_shows_the_gap(sender: Sender) -> None:
    receiver = Receiver()
    receiver.take(sender.batch(1, 2))
    assert receiver.take(sender.batch(8, 7)).verdict is Verdict.GAP
    assert receiver.take(sender.batch(3, 2)).verdict is Verdict.SEEN


def test_a_restored_sender_that_goes_on_differently_is_a_fork(sender: Sender) -> None:
    receiver = Receiver()
    receiver.take(sender.batch(1, 5))
    other = Sender(rows=sender.rows[:3])
    other.write(b"another fact 4", b"another fact 5", b"another fact 6")
    judgement = receiver.take(other.batch(4, 4))
    assert (judgement.verdict, judgement.n) == (Verdict.FORK, 4)
    assert judgement.ours == sender.h(4)
    assert judgement.theirs == other.h(4)
    assert receiver.take(other.batch(4, 6)).verdict is Verdict.FORK
    assert receiver.take(other.batch(6, 6)).verdict is Verdict.FORK
    assert receiver.take(other.batch(5, 4)).verdict is Verdict.FORK


def test_a_head_under_a_strange_key_proves_nothing(sender: Sender) -> None:
    forged = replace(sender, key=STRANGER).batch(1, 2)
    assert Receiver().take(forged).verdict is Verdict.UNKNOWN_KEY
    named = replace(forged.statement, key_id=sender.key.key_id)
    assert Receiver().take(replace(forged, statement=named)).verdict is Verdict.BAD_SIGNATURE


def test_rows_that_were_changed_on_the_way_are_refused(sender: Sender) -> None:
    batch = sender.batch(1, 3)
    changed = sealed(2, b"fact 2, but worse", salt=batch.rows[1].salt)
    assert Receiver().take(replace(batch, rows=(batch.rows[0], changed, batch.rows[2]))).verdict is Verdict.TAMPERED
    kept_digest = replace(batch.rows[1], body=b"fact 2, but worse")
    assert Receiver().take(replace(batch, rows=(batch.rows[0], kept_digest, batch.rows[2]))).verdict is Verdict.TAMPERED


def test_a_head_of_another_lane_or_kind_is_misdirected(sender: Sender) -> None:
    other = Sender(chain=Chain("township>district", "urgent"))
    other.write(b"x")
    assert Receiver().take(other.batch(1, 1)).verdict is Verdict.MISDIRECTED
    receipt = sender.key.sign(replace(sender.batch(1, 0).statement, kind=Kind.RECEIPT))
    assert Receiver().take(Message(receipt)).verdict is Verdict.MISDIRECTED


def test_epochs_are_opened_by_people_only(sender: Sender) -> None:
    receiver = Receiver()
    receiver.take(sender.batch(1, 2))
    ahead = Sender(epoch=2)
    ahead.write(b"x", b"y", b"z")
    assert receiver.take(ahead.batch(3, 3)).verdict is Verdict.EPOCH_AHEAD
    receiver.tip = Tip(3, 2, receiver.tip.h)
    assert receiver.take(sender.batch(3, 4)).verdict is Verdict.OLD_EPOCH


@st.composite
def deliveries(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Batches of a chain of 12 rows, cut, doubled, lost and shuffled at will."""
    spans = st.tuples(st.integers(1, 12), st.integers(0, 5)).map(lambda cut: (cut[0], min(cut[0] + cut[1] - 1, 12)))
    return draw(st.lists(spans, max_size=30))


@settings(deadline=None, max_examples=150)
@given(deliveries())
def test_no_order_of_batches_applies_a_row_twice_or_early(cuts: list[tuple[int, int]]) -> None:
    sender, receiver = Sender(), Receiver()
    sender.write(*(b"fact %d" % n for n in range(1, 13)))
    for first, last in cuts:
        receiver.take(sender.batch(first, last))
        assert [n for n, _ in receiver.applied] == list(range(1, len(receiver.applied) + 1))
    receiver.take(sender.batch(receiver.tip.n + 1, 12))
    assert receiver.applied == [(n, b"fact %d" % n) for n in range(1, 13)]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_any_change_to_a_row_is_detected(data: st.DataObject) -> None:
    sender = Sender()
    sender.write(*(b"fact %d" % n for n in range(1, 6)))
    batch = sender.batch(1, 5)
    at = data.draw(st.integers(0, 4))
    field = data.draw(st.sampled_from(["salt", "body", "digest"]))
    value = bytearray(getattr(batch.rows[at], field))
    place = data.draw(st.integers(0, len(value) - 1))
    value[place] ^= data.draw(st.integers(1, 255))
    rows = list(batch.rows)
    changed: dict[str, Any] = {field: bytes(value)}
    rows[at] = replace(rows[at], **changed)
    assert Receiver().take(replace(batch, rows=tuple(rows))).verdict is Verdict.TAMPERED


@settings(deadline=None, max_examples=60)
@given(st.permutations(range(5)))
def test_rows_in_another_order_are_detected(order: list[int]) -> None:
    sender = Sender()
    sender.write(*(b"fact %d" % n for n in range(1, 6)))
    batch = sender.batch(1, 5)
    rows = tuple(replace(batch.rows[at], n=n) for n, at in enumerate(order, start=1))
    verdict = Receiver().take(replace(batch, rows=rows)).verdict
    assert verdict is (Verdict.NEXT if list(order) == [0, 1, 2, 3, 4] else Verdict.TAMPERED)
