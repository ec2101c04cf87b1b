"""One lane between this node and a neighbour: its two chains and the keys on either side."""

from __future__ import annotations

from dataclasses import dataclass

from services.exchange.policy.chain import Chain, link_name
from services.exchange.policy.signature import Keys, Signer


@dataclass(frozen=True, slots=True)
class Border:
    """What a lane's work needs to know: who is on either side, and with which keys."""

    own: str
    peer: str
    lane: str
    peer_keys: Keys
    signer: Signer
    peer_is_above: bool = False

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


def wake_channel(chain: Chain) -> str:
    """The signal that says: this chain has new rows."""
    return f"chain {chain.link} {chain.lane}"
