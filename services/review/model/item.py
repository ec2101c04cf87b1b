"""An item as it stands in this node's review."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from services.kernel.language.events.parts import Hop, OfficerRef, SignOff, UnitRef
from services.kernel.language.numbering import LONGEST
from services.kernel.language.vocabulary import AdoptionMode, InfoType, ReviewStatus, System, Word
from services.kernel.runtime.storing.columns import KEPT_HOPS, KEPT_OFFICER, KEPT_UNITS, Coded
from services.kernel.runtime.storing.tables import UtcDateTime
from services.review.model.table import KEPT_SIGN_OFF, Table


class ForwardMark(Word):
    """Where the forwarding stands, beside the status."""

    NONE = "none", "未转报"
    PROPOSED = "proposed", "待签发转报"
    FORWARDED = "forwarded", "已转报"
    RETURNED = "returned", "上级退回"


class ReviewItem(Table, table=True):
    """One item, once per `origin_id`, for ever.

    `version` counts changes of text and decision (ETag); `submission_version` the author's
    submissions. `hop` is the hop that ends at this node's office, 0 while the item is inside its
    own unit or was sent up by it; `sent_hop` the hop that this node made itself, 0 if none.
    `is_stub` marks an item of which so far only later facts have arrived. `edition_number` is the
    newest saving of this office's edition; `has_edition` says that it is in force, which a newer
    text of the sender ends.
    """

    __tablename__ = "review_item"
    __table_args__ = (
        Index("ix_review_item_queue", "is_here", "status", "handle_by", "origin_id"),
        Index("ix_review_item_unit", "unit_id", "status", "handle_by", "origin_id"),
        Index("ix_review_item_recent", "is_here", "status", "touched_at", "origin_id"),
        Index("ix_review_item_sender", "is_here", "status", "unit_id", "unit_name"),
        Index("ix_review_item_forward", "forward"),
    )

    origin_id: UUID = Field(primary_key=True)
    status: ReviewStatus = Field(sa_type=Coded(ReviewStatus))
    version: int = 1
    submission_version: int = 1
    hop: int = 0
    sent_hop: int = 0
    hops: tuple[Hop, ...] = Field(default=(), sa_type=KEPT_HOPS, nullable=False)
    is_here: bool = False
    is_stub: bool = False
    info_type: InfoType = Field(sa_type=Coded(InfoType))
    system: System = Field(default=System.GOVERNMENT, sa_type=Coded(System))
    title: str = Field(max_length=400)
    body_length: int = 0
    origin_node: str = Field(max_length=60)
    unit_id: UUID
    unit_name: str = Field(max_length=200)
    number: str = Field(default="", max_length=LONGEST)
    co_units: tuple[UnitRef, ...] = Field(default=(), sa_type=KEPT_UNITS, nullable=False)
    sender_unit_id: UUID
    sender_name: str = Field(default="", max_length=200)
    arrived_at: datetime = Field(sa_type=UtcDateTime)
    handle_by: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    submitted_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    checked_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_alone_reason: str = Field(default="", max_length=500)
    reviewer_name: str = Field(default="", max_length=120)
    sign_off: SignOff | None = Field(default=None, sa_type=KEPT_SIGN_OFF)
    sign_scan_sha256: str = Field(default="", max_length=64)
    edition_number: int = 0
    has_edition: bool = False
    open_questions: int = 0
    forward: Word = Field(default=ForwardMark.NONE, sa_type=Coded(ForwardMark))
    note: str = Field(default="", max_length=2000)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    touched_at: datetime = Field(sa_type=UtcDateTime)

    def __init__(self, **values: Any) -> None:
        """Fill in what follows from the rest, so that no row is half made."""
        values.setdefault("sender_unit_id", values.get("unit_id"))
        super().__init__(**values)

    @property
    def adopted_as(self) -> AdoptionMode:
        """In which mode it is adopted where nobody says otherwise."""
        return AdoptionMode.JOINT if self.co_units else AdoptionMode.SINGLE
