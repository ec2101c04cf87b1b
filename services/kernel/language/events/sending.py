"""What reporting up (上报) and sending on (转报) have in common: the text, the signature and the hop that they open."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from services.kernel.language.events.meaning import Kind, Line, Place, Tone, Way, label_of
from services.kernel.language.events.parts import Content, SignOff, SubmissionFact
from services.kernel.language.vocabulary import Level, SignMode


class SubmissionSentUp(SubmissionFact):
    """An item was signed and sent up with its text; `item.hops[-1]` says to whom."""

    WAYS: ClassVar[frozenset[Way]] = frozenset({Way.UP})
    RANK: ClassVar[int] = 30
    TONE: ClassVar[Tone] = Tone.KEY
    KIND: ClassVar[Kind] = Kind.SENT
    VERB: ClassVar[str]
    content: Content
    sign_off: SignOff

    @property
    def place(self) -> Place:
        """At the hop that it opens."""
        place, hops = super().place, self.item.hops
        return replace(place, hop=hops[-1].n) if hops else place

    @property
    def addressees(self) -> tuple[str, ...]:
        """The node that the newest hop leads to, where it starts from the telling node."""
        return tuple(hop.to_node for hop in self.item.hops[-1:] if hop.from_node == self.node)

    def line(self) -> Line:
        """Who signed, how, and to which level it went."""
        hop, sign_off = self.item.hops[-1] if self.item.hops else None, self.sign_off
        data = {
            "signed_by": sign_off.signed_by,
            "sign_mode": str(sign_off.sign_mode),
            "recorded_by": sign_off.recorded_by.name,
            "to_node": hop.to_node if hop else "",
            "to_level": str(hop.to_level) if hop else "",
            "from_unit": hop.from_unit_name if hop else "",
        }
        is_online = sign_off.sign_mode is SignMode.ONLINE
        mode = "" if is_online else f"（{label_of(SignMode, sign_off.sign_mode)}）"
        to = "" if hop is None or hop.to_node == hop.from_node else Level(hop.to_level).grade
        text = f"{sign_off.signed_by}签发{mode}，{self.VERB}{to}"
        return Line(text, signed_by=sign_off.signed_by, data=data)
