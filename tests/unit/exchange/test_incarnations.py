"""Which receipts show a restored peer, which are replayed, and which answer the present run: no clock decides."""

import pytest

from services.exchange.policy.chain import Tip
from services.exchange.policy.receipts import Acceptance, Heard, Sent, is_an_answer, weigh
from services.exchange.policy.signature import Kind, Statement
from services.exchange.policy.wire import Message, pack, unpack
from tests.unit.exchange.ledger_fixture import CHAIN, DISTRICT, Sender, later

KEYS = {DISTRICT.key_id: DISTRICT.public_key}
TIP_N = 4
RECEIPTED_AT = later(0)


@pytest.fixture
def sender() -> Sender:
    sender = Sender()
    sender.write(b"one", b"two", b"three", b"four")
    return sender


def receipt(sender: Sender, n: int, *, run: str, answers: str, ahead_s: float = 0) -> Statement:
    tip = Tip(1, n, sender.h(n) if n <= TIP_N else bytes([1]) * 32)
    return DISTRICT.sign(Statement(Kind.RECEIPT, CHAIN, tip, later(ahead_s), incarnation=run, answers=answers))


def accept(sender: Sender, said: Statement, heard: Heard, **sent: object) -> Acceptance:
    known = Sent(Tip(1, TIP_N, sender.h(TIP_N)), 3, RECEIPTED_AT, peer_names_itself=True, **sent)  # type: ignore[arg-type]
    own_h = sender.h(said.tip.n) if said.tip.n <= TIP_N else None
    return weigh(said, chain=CHAIN, sent=known, own_h=own_h, keys=KEYS, heard=heard)


@pytest.mark.parametrize("ahead_s", [-600, 0, 600])
def test_a_restored_peer_is_known_by_its_new_run_whatever_its_clock(sender: Sender, ahead_s: int) -> None:
    heard = Heard("mine", ("before",))
    said = receipt(sender, 1, run="after", answers="mine", ahead_s=ahead_s)
    assert accept(sender, said, heard) is Acceptance.PEER_RESTORED


@pytest.mark.parametrize("ahead_s", [-600, 0, 600])
def test_a_receipt_of_a_run_that_was_heard_before_is_a_replay_whatever_its_clock(sender: Sender, ahead_s: int) -> None:
    heard = Heard("mine", ("before", "now"))
    said = receipt(sender, 1, run="before", answers="mine", ahead_s=ahead_s)
    assert accept(sender, said, heard) is Acceptance.REPLAYED


def test_a_receipt_said_before_this_run_cannot_show_a_restored_peer(sender: Sender) -> None:
    assert accept(sender, receipt(sender, 1, run="new", answers="earlier"), Heard("mine")) is Acceptance.REPLAYED


def test_a_peer_that_names_its_runs_is_not_believed_in_the_first_form_any_more(sender: Sender) -> None:
    said = receipt(sender, 1, run="", answers="", ahead_s=600)
    assert accept(sender, said, Heard("mine")) is Acceptance.REPLAYED
    assert not is_an_answer(said, Sent(Tip(), peer_names_itself=True), Heard("mine"))
    assert is_an_answer(said, Sent(Tip()), Heard("mine"))


def test_only_a_receipt_that_names_this_run_answers_it(sender: Sender) -> None:
    assert is_an_answer(receipt(sender, 2, run="theirs", answers="mine"), Sent(Tip()), Heard("mine"))
    assert not is_an_answer(receipt(sender, 2, run="theirs", answers="old"), Sent(Tip()), Heard("mine"))


def test_rows_that_a_peer_could_not_give_back_are_not_asked_for_again(sender: Sender) -> None:
    said = receipt(sender, 9, run="theirs", answers="mine")
    assert accept(sender, said, Heard("mine")) is Acceptance.RESTORED_HERE
    assert accept(sender, said, Heard("mine"), unproven_n=9) is Acceptance.NEVER_SENT


def test_a_statement_carries_both_forms_and_reads_back(sender: Sender) -> None:
    said = receipt(sender, 2, run="theirs", answers="mine")
    assert unpack(pack(Message(said))).statement == said
    first_form = receipt(sender, 2, run="", answers="")
    assert unpack(pack(Message(first_form))).statement == first_form


def test_a_node_of_the_first_form_still_verifies_what_is_sent(sender: Sender) -> None:
    """It overlooks what it does not know, and checks the first signature over the first form."""
    from dataclasses import replace

    from services.exchange.policy.signature import Trust, trust_in

    said = receipt(sender, 2, run="theirs", answers="mine")
    as_read = replace(said, incarnation="", answers="", signature=said.plain_signature, plain_signature=b"")
    assert trust_in(as_read, KEYS) is Trust.GOOD
    assert trust_in(replace(said, answers="other"), KEYS) is Trust.BAD_SIGNATURE
