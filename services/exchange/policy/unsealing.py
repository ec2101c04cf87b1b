"""The door for what comes from a neighbour: limits first, the signature second, the rows last.

Whoever can write to a link's topic can write anything. Until a message is known to be the neighbour's,
it costs a bounded look at its header and one check of a signature, raises nothing and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.exchange.policy.chain import Chain
from services.exchange.policy.signature import Keys, Kind, Statement, Trust, trust_in
from services.exchange.policy.wire import Message, MessageMalformed, Sealed

MALFORMED, MISDIRECTED = "malformed", "misdirected"


class MessageRefused(ValueError):
    """A message that proves nothing: the kind of conflict that it is, and the chain that it claims to be about."""

    def __init__(self, kind: str, chain: Chain, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.chain = chain


@dataclass(frozen=True, slots=True)
class Door:
    """Whose statements are let in on a lane: the neighbour's about either chain, and one's own that come back."""

    inward: Chain
    out: Chain
    peer_keys: Keys
    own_keys: Keys

    def unseal(self, raw: bytes) -> Message:
        """The message, its head verified; its rows are yet to be held against the head.

        Raises:
            MessageRefused: It is not of our form, too large, or not said by who alone may say it.
        """
        try:
            sealed = Sealed(raw)
        except MessageMalformed as fault:
            raise MessageRefused(MALFORMED, self.inward, str(fault)) from fault
        said = sealed.statement
        chain, keys = self._expected(said, is_returned=sealed.is_returned)
        if said.chain != chain:
            raise MessageRefused(MISDIRECTED, self.inward, f"{said.chain.link} {said.chain.lane}")
        if (trust := trust_in(said, keys)) is not Trust.GOOD:
            raise MessageRefused(trust.value, chain, f"{said.key_id} {said.at.isoformat()} {said.signature.hex()}")
        try:
            return sealed.open()
        except MessageMalformed as fault:
            raise MessageRefused(MALFORMED, chain, str(fault)) from fault

    def _expected(self, said: Statement, *, is_returned: bool) -> tuple[Chain, Keys]:
        """Which chain such a statement must be about, and whose signature it must bear."""
        if said.kind is Kind.HEAD and is_returned:
            return self.out, self.own_keys
        return (self.out if said.kind in _ABOUT_OUR_CHAIN else self.inward), self.peer_keys


_ABOUT_OUR_CHAIN = {Kind.RECEIPT, Kind.WANT_FILE}
"""What a neighbour says about the chain that this node writes."""
