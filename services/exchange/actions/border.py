"""One lane between this node and a neighbour: its two chains, the keys on either side, the present run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from services.exchange.policy.chain import Chain, link_name
from services.exchange.policy.receipts import Heard
from services.exchange.policy.signature import Keys, Signer, Statement, new_incarnation
from services.exchange.policy.unsealing import Door


@dataclass
class Run:
    """One run of a lane, from the opening of its road to its end, and what it has heard of the peer.

    `is_answered` once the peer has spoken after everything that an earlier run had sent: before
    that nothing is numbered. `unproven_n` is what the peer says to hold and could not give back.
    """

    heard: Heard = field(default_factory=lambda: Heard(new_incarnation()))
    answers: str = ""
    is_answered: bool = False
    unproven_n: int = 0


@dataclass(frozen=True, slots=True)
class Border:
    """What a lane's work needs to know: who is on either side, and with which keys."""

    own: str
    peer: str
    lane: str
    peer_keys: Keys
    signer: Signer
    peer_is_above: bool = False
    run: Run = field(default_factory=Run)

    @property
    def out(self) -> Chain:
        """The chain that this node writes."""
        return Chain(link_name(self.own, self.peer), self.lane)

    @property
    def inward(self) -> Chain:
        """The chain that the neighbour writes."""
        return Chain(link_name(self.peer, self.own), self.lane)

    @property
    def own_keys(self) -> Keys:
        """This node's public key, for what comes back to it."""
        return {self.signer.key_id: self.signer.public_key}

    @property
    def door(self) -> Door:
        """Through which everything comes in that is read on the lane."""
        return Door(self.inward, self.out, self.peer_keys, self.own_keys)

    def in_new_run(self) -> Border:
        """The same lane at the beginning of another run."""
        return replace(self, run=Run())

    def sign(self, statement: Statement) -> Statement:
        """A statement under this node's signature, said in the present run."""
        run = self.run
        return self.signer.sign(replace(statement, incarnation=run.heard.incarnation, answers=run.answers))


def wake_channel(chain: Chain) -> str:
    """The signal that says: this chain has new rows."""
    return f"chain {chain.link} {chain.lane}"
