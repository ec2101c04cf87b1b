"""What exchange tells: an item's hop was delivered, a link changed its state, an item is to be erased."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from services.kernel.language.events.meaning import Kind, Line, Place, Way
from services.kernel.language.events.parts import LAST_ORDINAL, Fact
from services.kernel.language.vocabulary import ErasureGround, InfoType, LinkState


class SubmissionDelivered(Fact):
    """The receiver's node holds the item: its signed receipt came (已送达). `ordinal`: see `SubmissionFact`."""

    TYPE: ClassVar[str] = "submission.delivered"
    LABEL: ClassVar[str] = "已送达"
    TOPIC: ClassVar[str] = "exchange.delivery"
    URGENT_TOPIC: ClassVar[str] = "exchange.delivery_urgent"
    WAYS: ClassVar[frozenset[Way]] = frozenset({Way.BACK})
    RANK: ClassVar[int] = 40
    KIND: ClassVar[Kind] = Kind.DELIVERED

    origin_id: UUID
    info_type: InfoType
    hop: int
    version: int
    from_node: str
    to_node: str
    at: datetime
    ordinal: int = Field(default=0, ge=0, le=LAST_ORDINAL)

    @property
    def key(self) -> str:
        """Facts of one item keep their order."""
        return str(self.origin_id)

    @property
    def is_urgent(self) -> bool:
        """Deliveries of emergencies are."""
        return self.info_type.is_urgent

    @property
    def teller(self) -> str:
        """The node that got the receipt."""
        return self.from_node

    @property
    def place(self) -> Place:
        """At the node that holds it now."""
        return Place(self.origin_id, self.info_type, self.hop, self.version, self.to_node, self.at, self.ordinal)

    def line(self) -> Line:
        """From which node to which."""
        return Line(self.LABEL, data={"from_node": self.from_node, "to_node": self.to_node})


class LinkStateChanged(Fact):
    """A link to a neighbouring node went up, down, was paused, or stopped on a fork."""

    TYPE: ClassVar[str] = "link.state_changed"
    LABEL: ClassVar[str] = "线路状态变化"
    TOPIC: ClassVar[str] = "exchange.link"

    peer: str
    state: LinkState
    at: datetime
    reason: str = ""

    @property
    def key(self) -> str:
        """States of one link keep their order."""
        return self.peer


class AboutErasure(Fact):
    """What a node says about an item that is to be erased; it names the item and outlasts it."""

    WAYS: ClassVar[frozenset[Way]] = frozenset({Way.BESIDE})
    TOPIC: ClassVar[str] = "exchange.erasure"

    origin_id: UUID

    @property
    def key(self) -> str:
        """Decisions about one item keep their order."""
        return str(self.origin_id)

    @property
    def is_urgent(self) -> bool:
        """It goes before routine facts on the road; inside the node it has one topic."""
        return True


class ErasureDecided(AboutErasure):
    """The telling node erases an item's content; `neighbours`, who have copies, decide for themselves.

    It says nothing of the content, and `reason` must not either.
    """

    TYPE: ClassVar[str] = "erasure.decided"
    LABEL: ClassVar[str] = "决定清除"
    ground: ErasureGround
    reason: str = Field(max_length=200)
    decided_by: str = Field(max_length=120)
    unit_name: str = Field(max_length=200)
    at: datetime
    neighbours: tuple[str, ...] = ()

    @property
    def addressees(self) -> tuple[str, ...]:
        """Those who have copies."""
        return self.neighbours


class ErasureDeclined(AboutErasure):
    """The telling node keeps an item that the neighbour `asked_by` has erased, and says why."""

    TYPE: ClassVar[str] = "erasure.declined"
    LABEL: ClassVar[str] = "不予清除"
    asked_by: str = Field(max_length=60)
    reason: str = Field(max_length=200)
    decided_by: str = Field(max_length=120)
    unit_name: str = Field(max_length=200)
    at: datetime

    @property
    def addressees(self) -> tuple[str, ...]:
        """Whoever asked."""
        return (self.asked_by,)


ABOUT_ERASURE = frozenset({ErasureDecided.TYPE, ErasureDeclined.TYPE})
"""What is said about an erasure names the item and outlasts it."""
