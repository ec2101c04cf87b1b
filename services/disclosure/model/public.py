"""What the portal shows. Filled only from `disclosure.information`: nothing internal reaches these tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from services.disclosure.model.catalogued import Catalogued
from services.disclosure.policy import Metadata
from services.kernel.runtime.storing.tables import UtcDateTime


class PublicInformation(Catalogued, table=True):
    """A published text as citizens see it; after a revocation only number, reason and time remain."""

    __tablename__ = "public_information"
    __table_args__ = (
        Index("ix_public_information_list", "published_at", "information_id"),
        Index("ix_public_information_category", "category_id", "published_at", "information_id"),
    )

    information_id: UUID = Field(primary_key=True)
    node: str = Field(max_length=60)
    index_no: str = Field(max_length=64, unique=True)
    body: str = Field(default="", sa_type=Text)
    category_name: str = Field(default="", max_length=60)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
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
        return self.metadata_with(self.category_name)
