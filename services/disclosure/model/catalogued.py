"""What the office's table of a text and the portal's have in common: the catalogue metadata that goes out with it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from sqlalchemy import JSON, Text
from sqlmodel import Field

from services.disclosure.model.table import Table
from services.disclosure.policy import Metadata
from services.kernel.language.vocabulary import Validity
from services.kernel.runtime.storing.columns import Coded


class Catalogued(Table):
    """The catalogue metadata of a text; empty where it is not known or does not apply."""

    title: str = Field(default="", sa_type=Text)
    summary: str = Field(default="", sa_type=Text)
    category_id: str = Field(default="", max_length=12)
    document_no: str = Field(default="", max_length=120)
    formed_on: date | None = None
    subject: str = Field(default="", max_length=120)
    genre: str = Field(default="", max_length=120)
    audience: str = Field(default="", max_length=120)
    keywords: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    effective_on: date | None = None
    repealed_on: date | None = None
    validity: Validity | None = Field(default=None, sa_type=Coded(Validity))
    source: str = Field(default="", max_length=200)
    publisher_name: str = Field(default="", max_length=200)

    @property
    def public_fields(self) -> dict[str, str]:
        """The same as text; the index number is given later."""
        said = {name: str(getattr(self, name) or "") for name in Catalogued.model_fields}
        return said | {"keywords": "、".join(self.keywords)}

    def metadata_with(self, category_name: str) -> Metadata:
        """The same as the rules take it."""
        kept = {one.name: getattr(self, one.name) for one in fields(Metadata) if one.name in type(self).model_fields}
        return Metadata(**kept | {"category_name": category_name})
