"""What disclosure tells: public facts only; nothing internal may stand in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.kernel.language.events.parts import Attachment, Fact


class InformationPublished(Fact):
    """A reviewed public text was published on the portal (主动公开), with its metadata header."""

    TYPE: ClassVar[str] = "information.published"
    LABEL: ClassVar[str] = "信息已公开"
    TOPIC: ClassVar[str] = "disclosure.information"

    information_id: UUID
    node: str
    index_no: str
    title: str
    body: str
    summary: str = ""
    category_id: str
    category_name: str
    publisher_org_id: UUID
    publisher_name: str
    document_no: str = ""
    formed_on: date
    published_at: datetime
    validity: str = ""
    subject: str = ""
    genre: str = ""
    audience: str = ""
    effective_on: date | None = None
    repealed_on: date | None = None
    source: str = ""
    keywords: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def key(self) -> str:
        """Facts of one public text keep their order."""
        return str(self.information_id)


class InformationRevoked(Fact):
    """A public text was taken down; its index number stays as a tombstone."""

    TYPE: ClassVar[str] = "information.revoked"
    LABEL: ClassVar[str] = "公开信息已撤下"
    TOPIC: ClassVar[str] = "disclosure.information"

    information_id: UUID
    node: str
    index_no: str
    reason: str
    revoked_at: datetime

    @property
    def key(self) -> str:
        """Facts of one public text keep their order."""
        return str(self.information_id)
