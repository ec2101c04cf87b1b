"""The texts of an item: each version as it was sent here, and this office's own edition."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from services.kernel.language.events.parts import Content, OfficerRef, SignOff
from services.kernel.runtime.storing.columns import KEPT_OFFICER
from services.kernel.runtime.storing.tables import UtcDateTime
from services.kernel.runtime.surroundings.identifiers import new_id
from services.review.model.table import KEPT_CONTENT, KEPT_SIGN_OFF, Table


class SentVersion(Table, table=True):
    """What a sender sent: kept as it came, beside this office's edition.

    `attempt` tells two forwardings of the same submission version apart. `is_carried` says that
    it came over a link whose signatures and chain were verified before it was stored.
    """

    __tablename__ = "review_sent_version"
    __table_args__ = (UniqueConstraint("origin_id", "version", "hop", "attempt"),)

    sent_id: UUID = Field(default_factory=new_id, primary_key=True)
    origin_id: UUID = Field(index=True)
    version: int
    hop: int
    attempt: int = 1
    event_id: str = Field(max_length=64)
    content: Content = Field(sa_type=KEPT_CONTENT, nullable=False)
    from_node: str = Field(max_length=60)
    sender_name: str = Field(max_length=200)
    reviewer_name: str = Field(default="", max_length=120)
    sign_off: SignOff | None = Field(default=None, sa_type=KEPT_SIGN_OFF)
    is_carried: bool = False
    via: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    told_at: datetime = Field(sa_type=UtcDateTime)
    arrived_at: datetime = Field(sa_type=UtcDateTime)


class OwnEdition(Table, table=True):
    """One saving of this office's edition (本级稿)."""

    __tablename__ = "review_own_edition"

    origin_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    title: str = Field(max_length=400)
    body: str
    edited_by: OfficerRef = Field(sa_type=KEPT_OFFICER, nullable=False)
    edited_at: datetime = Field(sa_type=UtcDateTime)
    submission_version: int
    changes: int = 0
    figures_changed: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
