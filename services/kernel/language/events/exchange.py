"""What exchange tells: an item's hop was delivered, a link changed its state, an item is to be erased."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from services.kernel.language.events.parts import Fact
from services.kernel.language.vocabulary import ErasureGround, InfoType, LinkState


class SubmissionDelivered(Fact):
    """The receiver's node holds the item: its signed receipt came (已送达)."""

    TYPE: ClassVar[str] = "submission.delivered"
    TOPIC: ClassVar[str] = "exchange.delivery"

    origin_id: UUID
    info_type: InfoType
    hop: int
    version: int
    from_node: str
    to_node: str
    at: datetime

    @property
    def key(self) -> str:
        """Facts of one item keep their order."""
        return str(self.origin_id)

    @property
    def topic(self) -> str:
        """Deliveries of emergencies use the urgent topic."""
        return "exchange.delivery_urgent" if self.info_type is InfoType.EMERGENCY else self.TOPIC


class LinkStateChanged(Fact):
    """A link to a neighbouring node went up, down, was paused, or stopped on a fork."""

    TYPE: ClassVar[str] = "link.state_changed"
    TOPIC: ClassVar[str] = "exchange.link"

    peer: str
    state: LinkState
    at: datetime
    reason: str = ""

    @property
    def key(self) -> str:
        """States of one link keep their order."""
        return self.peer


class ErasureDecided(Fact):
    """The telling node erases an item's content; `neighbours`, who have copies, decide for themselves.

    It says nothing of the content, and `reason` must not either.
    """

    TYPE: ClassVar[str] = "erasure.decided"
    TOPIC: ClassVar[str] = "exchange.erasure"

    origin_id: UUID
    ground: ErasureGround
    reason: str = Field(max_length=200)
    decided_by: str = Field(max_length=120)
    unit_name: str = Field(max_length=200)
    at: datetime
    neighbours: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Decisions about one item keep their order."""
        return str(self.origin_id)


class ErasureDeclined(Fact):
    """The telling node keeps an item that the neighbour `asked_by` has erased, and says why."""

    TYPE: ClassVar[str] = "erasure.declined"
    TOPIC: ClassVar[str] = "exchange.erasure"

    origin_id: UUID
    asked_by: str = Field(max_length=60)
    reason: str = Field(max_length=200)
    decided_by: str = Field(max_length=120)
    unit_name: str = Field(max_length=200)
    at: datetime

    @property
    def key(self) -> str:
        """Decisions about one item keep their order."""
        return str(self.origin_id)


ABOUT_ERASURE = frozenset({ErasureDecided.TYPE, ErasureDeclined.TYPE})
"""What is said about an erasure names the item and outlasts it."""
