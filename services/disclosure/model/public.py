"""What the portal shows. Filled only from `disclosure.information`: nothing internal reaches these tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from services.disclosure.model.table import Table
from services.disclosure.policy import Metadata
from services.kernel.language.vocabulary import DisclosureAttribute, Validity
from services.kernel.runtime.storing.columns import Coded
from services.kernel.runtime.storing.tables import UtcDateTime


class PublicInformation(Table, table=True):
    """A published text as citizens see it; after a revocation only number, reason and time remain."""

    __tablename__ = "public_information"
    __table_args__ = (
        Index("ix_public_information_list", "published_at", "information_id"),
        Index("ix_public_information_category", "category_id", "published_at", "information_id"),
    )

    information_id: UUID = Field(primary_key=True)
    node: str = Field(max_length=60)
    index_no: str = Field(max_length=64, unique=True)
    title: str = Field(default="", sa_type=Text)
    body: str = Field(default="", sa_type=Text)
    summary: str = Field(default="", sa_type=Text)
    category_id: str = Field(default="", max_length=12)
    category_name: str = Field(default="", max_length=60)
    publisher_name: str = Field(default="", max_length=200)
    document_no: str = Field(default="", max_length=120)
    formed_on: date | None = None
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    validity: Validity | None = Field(default=None, sa_type=Coded(Validity))
    subject: str = Field(default="", max_length=120)
    genre: str = Field(default="", max_length=120)
    audience: str = Field(default="", max_length=120)
    effective_on: date | None = None
    repealed_on: date | None = None
    source: str = Field(default="", max_length=200)
    keywords: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    attachments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoke_reason: str = Field(default="", max_length=600)

    @property
    def href(self) -> str:
        """Where the portal shows it."""
        return f"/open/information/{self.information_id}"

    @property
    def as_metadata(self) -> Metadata:
        """The catalogue metadata as the rules take it."""
        return Metadata(
            title=self.title,
            publisher_name=self.publisher_name,
            category_name=self.category_name,
            formed_on=self.formed_on,
            attribute=DisclosureAttribute.PROACTIVE,
            index_no=self.index_no,
            published_at=self.published_at,
            document_no=self.document_no,
            summary=self.summary,
            subject=self.subject,
            genre=self.genre,
            audience=self.audience,
            keywords=tuple(self.keywords),
            effective_on=self.effective_on,
            repealed_on=self.repealed_on,
            validity=self.validity,
            source=self.source,
        )
