"""What a sender makes of the receipts that come back."""

from dataclasses import replace
from datetime import datetime

import pytest

from services.exchange.policy.chain import Tip
from services.exchange.policy.receipts import Acceptance, Sent, add_receipt, weigh
from services.exchange.policy.signature import Kind, Signer, Statement
from services.exchange.policy.timing import resend_after_s
from tests.unit.exchange.ledger_fixture import CHAIN, DISTRICT, NOON, STRANGER, Sender, later

KEYS = {DISTRICT.key_id: DISTRICT.public_key}


@pytest.fixture
def sender() -> Sender:
    sender = Sender()
    sender.write(b"one", b"two", b"three", b"four")
    return sender


def receipt(sender: Sender, n: int, *, epoch: int = 1, at: datetime = NOON, key: Signer = DISTRICT) -> Statement:
    return key.sign(Statement(Kind.RECEIPT, CHAIN, Tip(epoch, n, sender.h(n)), at))


def accept(sender: Sender, said: Statement, *, receipted_n: int = 2, n: int = 4) -> Acceptance:
    sent = Sent(Tip(1, n, sender.h(n)), receipted_n, later(10))
    own_h = sender.h(said.tip.n) if said.tip.n <= n else None
    return weigh(said, chain=CHAIN, sent=sent, own_h=own_h, keys=KEYS)


def test_a_receipt_advances_or_repeats(sender: Sender) -> None:
    assert accept(sender, receipt(sender, 4)) is Acceptance.ADVANCED
    assert accept(sender, receipt(sender, 2)) is Acceptance.REPEATED


def test_a_newer_receipt_below_an_earlier_one_shows_a_restored_peer(sender: Sender) -> None:
    assert accept(sender, receipt(sender, 1, at=later(60))) is Acceptance.PEER_RESTORED
    assert accept(sender, receipt(sender, 0, at=later(60))) is Acceptance.PEER_RESTORED


def test_an_old_receipt_that_is_played_again_changes_nothing(sender: Sender) -> None:
    assert accept(sender, receipt(sender, 1, at=later(5))) is Acceptance.REPLAYED


def test_a_receipt_for_rows_that_are_missing_here_shows_that_this_side_was_restored(sender: Sender) -> None:
    assert accept(sender, receipt(sender, 4), n=3) is Acceptance.RESTORED_HERE


def test_a_receipt_over_another_row_is_a_fork(sender: Sender) -> None:
    other = Sender(rows=sender.rows[:2])
    other.write(b"other three")
    assert accept(sender, receipt(other, 3)) is Acceptance.FORK


def test_epochs_are_told_apart(sender: Sender) -> None:
    assert accept(sender, receipt(sender, 3, epoch=2)) is Acceptance.EPOCH_AHEAD
    assert accept(sender, receipt(sender, 3, epoch=0)) is Acceptance.OLD_EPOCH


def test_a_receipt_that_is_not_the_peers_proves_nothing(sender: Sender) -> None:
    assert accept(sender, receipt(sender, 3, key=STRANGER)) is Acceptance.UNKNOWN_KEY
    bent = replace(receipt(sender, 3), tip=Tip(1, 4, sender.h(4)))
    assert accept(sender, bent) is Acceptance.BAD_SIGNATURE
    head = DISTRICT.sign(replace(receipt(sender, 3), kind=Kind.HEAD))
    assert accept(sender, head) is Acceptance.MISDIRECTED


def test_resending_starts_after_15_s_and_doubles_to_5_minutes() -> None:
    assert [resend_after_s(tries) for tries in range(7)] == [15, 30, 60, 120, 240, 300, 300]
    assert resend_after_s(10_000) == 300


def test_of_receipts_that_follow_each_other_the_last_is_looked_at(sender: Sender) -> None:
    looked_at: list[Statement] = []
    for n in (1, 2, 2, 4):
        add_receipt(looked_at, receipt(sender, n, at=later(n)))
    assert looked_at == [receipt(sender, 4, at=later(4))]


def test_a_receipt_that_another_does_not_repeat_is_looked_at(sender: Sender) -> None:
    other = Sender(rows=sender.rows[:2])
    other.write(b"other three")
    first = receipt(sender, 3)
    for second in (
        receipt(sender, 2), receipt(other, 3), receipt(sender, 4, epoch=2), receipt(sender, 4, key=STRANGER),
        replace(receipt(sender, 4), incarnation="another run"), replace(receipt(sender, 4), answers="another run"),
    ):  # fmt: skip
        looked_at = [first]
        add_receipt(looked_at, second)
        assert looked_at == [first, second]
