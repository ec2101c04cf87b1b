"""Which internal items exist here, whether their kind may be made public, and by whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from services.disclosure.model.table import Table
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.storing.columns import Coded
from services.kernel.runtime.storing.tables import UtcDateTime


class KnownItem(Table, table=True):
    """A read copy of one item, fed by facts; of what is not signed, or not disclosable, no text is kept.

    `version` and `hop` say how new the sender's text is, `own_version` and `own_number` how new
    this office's own edition is. `signed_version` is the newest that the author's unit signed,
    `returned_version` the newest that went back to it; `is_here` says that a hop ended at this
    office, `let_go_version` which version it returned or declined last.
    """

    __tablename__ = "disclosure_known_item"
    __table_args__ = (Index("ix_disclosure_known_item_seen", "seen_at", "origin_id"),)

    origin_id: UUID = Field(primary_key=True)
    info_type: InfoType = Field(sa_type=Coded(InfoType))
    unit_id: UUID | None = Field(default=None, index=True)
    unit_name: str = Field(default="", max_length=200)
    version: int = 0
    hop: int = 0
    title: str = Field(default="", sa_type=Text)
    body: str = Field(default="", sa_type=Text)
    own_version: int = 0
    own_number: int = 0
    own_title: str = Field(default="", sa_type=Text)
    own_body: str = Field(default="", sa_type=Text)
    suggested_attribute: str = Field(default="", max_length=32)
    signed_version: int = 0
    returned_version: int = 0
    is_here: bool = False
    let_go_version: int = 0
    seen_at: datetime = Field(sa_type=UtcDateTime)

    def title_for(self, unit_id: UUID) -> str:
        """The title that a unit begins from: its own, or in the office this office's unless the sender's is newer."""
        return self.own_title if self._is_own_newer and unit_id != self.unit_id else self.title

    def body_for(self, unit_id: UUID) -> str:
        """The text that a unit begins from, chosen as the title is."""
        return self.own_body if self._is_own_newer and unit_id != self.unit_id else self.body

    @property
    def _is_own_newer(self) -> bool:
        return self.own_version > 0 and self.own_version >= self.version
