"""A sender and a receiver of one lane, without database or broker."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.exchange.policy.chain import Chain, ChainedRow, Tip, fresh_salt, sealed, walk
from services.exchange.policy.judgement import Judgement, Verdict, judge
from services.exchange.policy.signature import Kind, Signer, Statement
from services.exchange.policy.wire import Message

CHAIN = Chain("township>district", "routine")
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def signer(name: str, seed: int) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


TOWNSHIP, DISTRICT, STRANGER = signer("t-1", 1), signer("d-1", 2), signer("x-1", 3)


@dataclass
class Sender:
    """Writes rows and cuts batches."""

    key: Signer = TOWNSHIP
    chain: Chain = CHAIN
    epoch: int = 1
    rows: list[ChainedRow] = field(default_factory=list)

    def write(self, *bodies: bytes) -> None:
        for body in bodies:
            row = sealed(len(self.rows) + 1, body, salt=fresh_salt())
            self.rows += walk(self.chain, epoch=self.epoch, previous=self.h(len(self.rows)), rows=[row])

    def h(self, n: int) -> bytes:
        return self.rows[n - 1].h if n else bytes(32)

    def batch(self, first: int, last: int) -> Message:
        """The rows from `first` to `last`; none of them when `last` is below `first`: an idle head."""
        head = Statement(Kind.HEAD, self.chain, Tip(self.epoch, last, self.h(last)), NOON)
        rows = tuple(chained.row for chained in self.rows[first - 1 : last])
        return Message(self.key.sign(head), rows, self.h(first - 1) if rows else b"")


@dataclass
class Receiver:
    """Judges messages and applies what is next."""

    keys: dict[str, bytes] = field(default_factory=lambda: {TOWNSHIP.key_id: TOWNSHIP.public_key})
    tip: Tip = field(default_factory=Tip)
    held: dict[int, bytes] = field(default_factory=lambda: {0: bytes(32)})
    applied: list[tuple[int, bytes]] = field(default_factory=list)

    def take(self, message: Message) -> Judgement:
        judgement = judge(message, chain=CHAIN, tip=self.tip, held=self.held, keys=self.keys)
        if judgement.verdict is Verdict.NEXT:
            self.tip = judgement.tip
            for chained in judgement.rows:
                self.held[chained.row.n] = chained.h
                self.applied.append((chained.row.n, chained.row.body))
        return judgement


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)
