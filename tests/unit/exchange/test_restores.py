"""Either side restored from any backup at any moment: histories never part, and everything arrives once."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field

import pytest

from services.exchange.policy.chain import ChainedRow, Tip, sealed, walk
from services.exchange.policy.judgement import Verdict, judge
from services.exchange.policy.receipts import Acceptance, Heard, Sent, is_an_answer, weigh
from services.exchange.policy.signature import Kind, Statement
from services.exchange.policy.wire import Message
from tests.unit.exchange.ledger_fixture import CHAIN, DISTRICT, TOWNSHIP, later

SENDERS = {TOWNSHIP.key_id: TOWNSHIP.public_key}
RECEIVERS = {DISTRICT.key_id: DISTRICT.public_key}


@dataclass
class Ledger:
    """What a backup keeps of a side: rows, the queue, the receipt, where it reads."""

    rows: list[ChainedRow] = field(default_factory=list)
    queue: list[bytes] = field(default_factory=list)
    receipted_n: int = 0
    carried_n: int = 0
    restoring_n: int = 0
    read: int = 0

    @property
    def tip(self) -> Tip:
        return Tip(1, len(self.rows), self.h(len(self.rows)))

    def h(self, n: int) -> bytes:
        return self.rows[n - 1].h if n else bytes(32)


class Pair:
    """A sender and a receiver with one topic each way, which keep their messages."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.sender, self.receiver = Ledger(), Ledger()
        self.to_receiver: list[Message] = []
        self.to_sender: list[Message] = []
        self.told: list[bytes] = []
        self.runs = 0
        self.start_sender()
        self.start_receiver()

    def start_sender(self) -> None:
        self.heard, self.is_answered = Heard(self.new_run()), False
        self.sent_n = max(self.sender.carried_n, self.sender.receipted_n)
        self.send_head()

    def start_receiver(self) -> None:
        self.receiver_run, self.echo = self.new_run(), ""
        self.clock_s = self.chance.uniform(-900, 900)
        self.send_receipt()

    def new_run(self) -> str:
        self.runs += 1
        return f"run{self.runs}"

    def tell(self) -> None:
        body = b"fact %d" % len(self.told)
        self.told.append(body)
        self.sender.queue.append(body)

    def number(self) -> None:
        """As the carrier does: only when this run is answered and nothing is taken back."""
        if not self.is_answered or self.sender.restoring_n > len(self.sender.rows) or not self.sender.queue:
            return
        known = {chained.row.body for chained in self.sender.rows}
        bodies = [body for body in dict.fromkeys(self.sender.queue) if body not in known]
        self.sender.queue.clear()
        rows = [
            sealed(len(self.sender.rows) + at, body, salt=self.chance.randbytes(16))
            for at, body in enumerate(bodies, 1)
        ]
        self.sender.rows += walk(CHAIN, epoch=1, previous=self.sender.tip.h, rows=rows)

    def send(self) -> None:
        rows = [chained.row for chained in self.sender.rows[self.sent_n :][: self.chance.randint(1, 3)]]
        if rows and self.sender.restoring_n <= len(self.sender.rows):
            self._say_head(self.sent_n + len(rows), tuple(rows))
            self.sent_n = self.sender.carried_n = rows[-1].n

    def send_head(self) -> None:
        self._say_head(len(self.sender.rows), ())

    def _say_head(self, n: int, rows: tuple) -> None:
        tip = Tip(1, n, self.sender.h(n))
        said = Statement(Kind.HEAD, CHAIN, tip, later(0), incarnation=self.heard.incarnation)
        previous = self.sender.h(n - len(rows)) if rows else b""
        self.to_receiver.append(Message(TOWNSHIP.sign(said), rows, previous))

    def send_receipt(self) -> None:
        wants = len(self.receiver.rows) + 1
        said = Statement(
            Kind.RECEIPT,
            CHAIN,
            self.receiver.tip,
            later(self.clock_s),
            wants,
            incarnation=self.receiver_run,
            answers=self.echo,
        )
        self.to_sender.append(Message(DISTRICT.sign(said)))

    def receive(self) -> None:
        if self.receiver.read >= len(self.to_receiver):
            return
        message = self.to_receiver[self.receiver.read]
        self.receiver.read += 1
        held = {n: self.receiver.h(n) for n in range(len(self.receiver.rows) + 1)}
        judgement = judge(message, chain=CHAIN, tip=self.receiver.tip, held=held, keys=SENDERS)
        assert judgement.verdict in {Verdict.NEXT, Verdict.SEEN, Verdict.GAP}
        self.echo = message.statement.incarnation
        self.receiver.rows += judgement.rows
        self.send_receipt()

    def hear(self) -> None:
        if self.sender.read >= len(self.to_sender):
            return
        receipt = self.to_sender[self.sender.read].statement
        self.sender.read += 1
        n = receipt.tip.n
        sent = Sent(self.sender.tip, self.sender.receipted_n, later(0), peer_names_itself=True)
        own_h = self.sender.h(n) if n <= len(self.sender.rows) else None
        acceptance = weigh(receipt, chain=CHAIN, sent=sent, own_h=own_h, keys=RECEIVERS, heard=self.heard)
        assert acceptance is not Acceptance.FORK
        if acceptance in {Acceptance.ADVANCED, Acceptance.PEER_RESTORED}:
            self.sender.receipted_n = n
        if acceptance is Acceptance.PEER_RESTORED or (
            acceptance is not Acceptance.REPLAYED and receipt.wants <= self.sent_n
        ):
            self.sent_n = min(self.sent_n, n)
        if acceptance is Acceptance.RESTORED_HERE:
            self.sender.restoring_n = max(self.sender.restoring_n, n)
        if is_an_answer(receipt, sent, self.heard):
            self.is_answered = True
            self.heard = self.heard.with_peer(receipt.incarnation)

    def take_back(self) -> None:
        """The receiver gives back what the sender lacks, when it still has it."""
        if self.sender.restoring_n <= len(self.sender.rows) or len(self.receiver.rows) <= len(self.sender.rows):
            return
        self.sender.rows += self.receiver.rows[len(self.sender.rows) : self.sender.restoring_n]
        self.sent_n = self.sender.carried_n = self.sender.receipted_n = len(self.sender.rows)

    def replay(self) -> None:
        """A receipt of before comes once more."""
        if self.to_sender:
            self.to_sender.append(self.chance.choice(self.to_sender))


def settle(pair: Pair) -> None:
    """Both at peace: heads and receipts go until nothing moves."""
    for _ in range(3):
        pair.send_head()
        for _ in range(600):
            for act in (pair.receive, pair.hear, pair.take_back, pair.number, pair.send):
                act()


@pytest.mark.parametrize("seed", range(30))
def test_no_order_of_restores_lets_the_histories_part(seed: int) -> None:
    chance = random.Random(seed)
    pair = Pair(chance)
    backups: dict[str, list[Ledger]] = {"sender": [Ledger()], "receiver": [Ledger()]}
    usual = [pair.tell, pair.number, pair.send, pair.receive, pair.hear, pair.take_back, pair.send_head, pair.replay]
    for _ in range(400):
        chance.choice(usual)()
        side = chance.choice(("sender", "receiver"))
        if chance.random() < 0.05:
            backups[side].append(copy.deepcopy(getattr(pair, side)))
        if chance.random() < 0.02:
            setattr(pair, side, copy.deepcopy(chance.choice(backups[side])))
            getattr(pair, f"start_{side}")()
            if side == "sender":  # its services tell what they had told: it is dispatched once
                pair.sender.queue += pair.told
    pair.sender.queue += pair.told
    settle(pair)
    assert [chained.h for chained in pair.sender.rows] == [chained.h for chained in pair.receiver.rows]
    assert sorted(chained.row.body for chained in pair.receiver.rows) == sorted(pair.told)
