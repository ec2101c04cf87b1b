"""A public text inside the office: the text with its metadata, its reviews, files and history."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, Integer, Text
from sqlmodel import Field

from services.disclosure.model.catalogued import Catalogued
from services.disclosure.model.table import Table
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.vocabulary import (
    DisclosureAttribute,
    InformationStatus,
    NonDisclosureGround,
    ReviewOutcome,
)
from services.kernel.runtime.storing.columns import KEPT_OFFICER, Coded
from services.kernel.runtime.storing.tables import BigId, UtcDateTime
from services.kernel.runtime.surroundings.identifiers import new_id


class Information(Catalogued, table=True):
    """One public text, from draft to portal and off it again; `version` counts every change (ETag).

    `publisher_org_id` is the unit that made it and answers for it: its officers alone handle it.
    `writers` are the ids of all who wrote on it: none of them may review it. `reviewed_body` is
    the text that the last review saw, `outcome` what it decided.
    """

    __tablename__ = "disclosure_information"
    __table_args__ = (
        Index("ix_disclosure_information_list", "status", "touched_at", "information_id"),
        Index("ix_disclosure_information_recent", "touched_at", "information_id"),
        Index("ix_disclosure_information_unit", "publisher_org_id", "status", "touched_at", "information_id"),
    )

    information_id: UUID = Field(default_factory=new_id, primary_key=True)
    status: InformationStatus = Field(default=InformationStatus.DRAFT, sa_type=Coded(InformationStatus))
    version: int = 1
    body: str = Field(default="", sa_type=Text)
    attribute: DisclosureAttribute = Field(default=DisclosureAttribute.PROACTIVE, sa_type=Coded(DisclosureAttribute))
    origin_id: UUID | None = Field(default=None, index=True)
    is_normative: bool = False
    responsible_section: str = Field(default="", max_length=120)
    publisher_org_id: UUID
    prepared_by: OfficerRef = Field(sa_type=KEPT_OFFICER, nullable=False)
    writers: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    outcome: ReviewOutcome | None = Field(default=None, sa_type=Coded(ReviewOutcome))
    ground: NonDisclosureGround | None = Field(default=None, sa_type=Coded(NonDisclosureGround))
    reviewed_body: str = Field(default="", sa_type=Text)
    reviewed_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    index_no: str | None = Field(default=None, max_length=64, unique=True)
    published_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoke_reason: str = Field(default="", max_length=600)
    created_at: datetime = Field(sa_type=UtcDateTime)
    touched_at: datetime = Field(sa_type=UtcDateTime)


class Review(Table, table=True):
    """One confidentiality review: what the reviewer saw and decided. Never changed.

    `passages` are to be cut; `seen` holds the other public fields and the files' digests by name.
    """

    __tablename__ = "disclosure_review"

    review_id: UUID = Field(default_factory=new_id, primary_key=True)
    information_id: UUID = Field(index=True)
    version: int
    outcome: ReviewOutcome = Field(sa_type=Coded(ReviewOutcome))
    ground: NonDisclosureGround | None = Field(default=None, sa_type=Coded(NonDisclosureGround))
    opinion: str = Field(default="", sa_type=Text)
    points: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    doubts: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    passages: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    seen: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    title: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    reviewed_by: OfficerRef = Field(sa_type=KEPT_OFFICER, nullable=False)
    reviewed_at: datetime = Field(sa_type=UtcDateTime)


class Step(Table, table=True):
    """One line of a text's history."""

    __tablename__ = "disclosure_step"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    information_id: UUID = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    what: str = Field(max_length=120)
    by: str = Field(default="", max_length=200)
    note: str = Field(default="", sa_type=Text)


class InformationFile(Table, table=True):
    """A file that is published with the text, as it was uploaded; sizes in bytes.

    What goes out is its copy, `public_sha256`, without what it says about its authors. Without one
    `obstacle` says what stands in the way; `hints` are what the reviewer looks at twice. All this
    was found under the rules `examined_with`, "" while nobody has looked.
    """

    __tablename__ = "disclosure_file"

    attachment_id: UUID = Field(default_factory=new_id, primary_key=True)
    information_id: UUID = Field(index=True)
    sha256: str = Field(max_length=64)
    filename: str = Field(max_length=255)
    media_type: str = Field(max_length=120)
    size: int = Field(sa_type=BigInteger().with_variant(Integer, "sqlite"))
    added_by: str = Field(max_length=120)
    added_at: datetime = Field(sa_type=UtcDateTime)
    public_sha256: str | None = Field(default=None, max_length=64)
    public_size: int | None = Field(default=None, sa_type=BigInteger().with_variant(Integer, "sqlite"))
    examined_with: str = Field(default="", max_length=16)
    obstacle_code: str = Field(default="", max_length=60)
    obstacle: str = Field(default="", sa_type=Text)
    hints: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON, nullable=False)


class FileText(Table, table=True):
    """All text that was found in a file, as passages to be cut are looked for in it."""

    __tablename__ = "disclosure_file_text"

    attachment_id: UUID = Field(primary_key=True)
    information_id: UUID = Field(index=True)
    text: str = Field(default="", sa_type=Text)
