"""A public text inside the office: the text with its metadata, its reviews, files and history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, Integer, Text
from sqlmodel import Field

from services.disclosure.model.table import Table
from services.disclosure.policy import Metadata
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.vocabulary import (
    DisclosureAttribute,
    InformationStatus,
    NonDisclosureGround,
    ReviewOutcome,
    Validity,
)
from services.kernel.runtime.storing.columns import KEPT_OFFICER, Coded
from services.kernel.runtime.storing.tables import BigId, UtcDateTime
from services.kernel.runtime.surroundings.identifiers import new_id


class Information(Table, table=True):
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
    title: str = Field(default="", sa_type=Text)
    body: str = Field(default="", sa_type=Text)
    summary: str = Field(default="", sa_type=Text)
    category_id: str = Field(default="", max_length=12)
    attribute: DisclosureAttribute = Field(default=DisclosureAttribute.PROACTIVE, sa_type=Coded(DisclosureAttribute))
    origin_id: UUID | None = Field(default=None, index=True)
    document_no: str = Field(default="", max_length=120)
    formed_on: date | None = None
    subject: str = Field(default="", max_length=120)
    genre: str = Field(default="", max_length=120)
    audience: str = Field(default="", max_length=120)
    keywords: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    is_normative: bool = False
    effective_on: date | None = None
    repealed_on: date | None = None
    validity: Validity | None = Field(default=None, sa_type=Coded(Validity))
    source: str = Field(default="", max_length=200)
    responsible_section: str = Field(default="", max_length=120)
    publisher_org_id: UUID
    publisher_name: str = Field(max_length=200)
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

    @property
    def public_fields(self) -> dict[str, str]:
        """What goes out besides the body, as text; the index number is given later."""
        names = (
            "title", "summary", "document_no", "subject", "genre", "audience", "source", "category_id", "formed_on",
            "effective_on", "repealed_on", "validity", "publisher_name",
        )  # fmt: skip
        said = {name: str(getattr(self, name) or "") for name in names}
        return said | {"keywords": "、".join(self.keywords)}

    def metadata_with(self, category_name: str) -> Metadata:
        """The catalogue metadata as the rules take it."""
        return Metadata(
            title=self.title,
            publisher_name=self.publisher_name,
            category_name=category_name,
            formed_on=self.formed_on,
            attribute=self.attribute,
            index_no=self.index_no or "",
            published_at=self.published_at,
            document_no=self.document_no,
            summary=self.summary,
            subject=self.subject,
            genre=self.genre,
            audience=self.audience,
            keywords=tuple(self.keywords),
            is_normative=self.is_normative,
            effective_on=self.effective_on,
            repealed_on=self.repealed_on,
            validity=self.validity,
            source=self.source,
        )


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
