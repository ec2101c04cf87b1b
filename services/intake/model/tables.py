"""The item with its text, its files, its history, and copies of what offices say about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import JSON, Column, Identity, Index, Text
from sqlmodel import Field, SQLModel

from services.kernel.language.events.parts import Hop, UnitRef
from services.kernel.language.numbering import LONGEST
from services.kernel.language.particulars import is_blank
from services.kernel.language.vocabulary import IntakeStatus, System
from services.kernel.language.vocabulary.item_fields import FIELD
from services.kernel.runtime.passage.table import HistoryLine, QuestionLine
from services.kernel.runtime.storing.columns import KEPT_HOPS, KEPT_UNITS
from services.kernel.runtime.storing.tables import BigId, UtcDateTime, service_metadata

METADATA = service_metadata()


class Table(SQLModel):
    """What all tables of intake share."""

    metadata: ClassVar[Any] = METADATA


class Submission(Table, table=True):
    """One item, for ever under one `origin_id`, as this node knows it.

    `number` is what people call it, given when it is first handed in.
    `version` counts every change of the row (ETag); `submission_version` counts the author's
    submissions from 1 and is already the next one while a returned item is amended. Items of
    other nodes are kept for their history; until their text has come they are stubs.
    """

    __tablename__ = "intake_submission"

    origin_id: UUID = Field(primary_key=True)
    origin_node: str = Field(max_length=60)
    status: str = Field(default=IntakeStatus.DRAFT.value, max_length=20)
    version: int = 1
    submission_version: int = 1
    is_stub: bool = False
    number: str = Field(default="", max_length=LONGEST)

    info_type: str = Field(default="", max_length=40)
    title: str = Field(default="", sa_type=Text)
    body: str = Field(default="", sa_type=Text)
    author_name: str = Field(default="", max_length=60)
    author_phone: str = Field(default="", max_length=60)
    authors: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    co_units: tuple[UnitRef, ...] = Field(default=(), sa_type=KEPT_UNITS, nullable=False)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    suggested_attribute: str | None = Field(default=None, max_length=40)

    non_secret_declared: bool = False
    declared_by: str | None = Field(default=None, sa_type=Text)
    declared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    unit_id: UUID | None = None
    unit_name: str = Field(default="", sa_type=Text)
    system: str = Field(default=System.GOVERNMENT.value, max_length=20)
    hops: tuple[Hop, ...] = Field(default=(), sa_type=KEPT_HOPS, nullable=False)

    created_by: UUID | None = None
    created_by_name: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    touched_at: datetime = Field(sa_type=UtcDateTime)
    discarded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    text_version: int = 0
    text_hop: int = 0
    reported_version: int = 0
    reported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reported_to: str = Field(default="", max_length=60)
    delivered_version: int = 0
    returned_version: int = 0
    returned: dict[str, Any] | None = Field(default=None, sa_type=JSON)

    __table_args__ = (
        Index("ix_intake_submission_unit", "unit_id", "touched_at", "origin_id"),
        Index("ix_intake_submission_status", "unit_id", "status", "touched_at", "origin_id"),
        Index("ix_intake_submission_touched", "touched_at", "origin_id"),
    )

    @property
    def field_values(self) -> dict[str, Any]:
        """What it says, by field name: what every type has stands in columns, the rest in `details`."""
        return self.details | {name: getattr(self, name) for name in FIELD if name in type(self).model_fields}

    def put_fields(self, values: Mapping[str, Any]) -> None:
        """Set these fields; a value that says nothing empties its field."""
        details = dict(self.details)
        for name, value in values.items():
            if name in type(self).model_fields:
                setattr(
                    self, name, _kept(value) or type(self).model_fields[name].get_default(call_default_factory=True)
                )
            else:
                details[name] = _kept(value)
        self.details = {name: value for name, value in details.items() if not is_blank(value)}

    @property
    def is_handed_in(self) -> bool:
        """Whether it left its author's hands at least once."""
        return self.status != IntakeStatus.DRAFT or self.submission_version > 1

    @property
    def author_ids(self) -> frozenset[UUID]:
        """Who began it, and whom he names as its writers."""
        named = (author.get("officer_id") for author in self.authors)
        return frozenset([*(UUID(one) for one in named if one), *([self.created_by] if self.created_by else [])])

    def is_in_office(self, node: str) -> bool:
        """Whether this node's office has it: a hop ended there, and its unit has not taken it up again."""
        has_come = any(hop.to_node == node for hop in self.hops)
        return has_come and (self.origin_node != node or self.reported_version >= self.submission_version)

    @property
    def is_in_hand(self) -> bool:
        """Whether the author has it to write on."""
        return self.status in {IntakeStatus.DRAFT, IntakeStatus.RETURNED}

    @property
    def is_delivered(self) -> bool | None:
        """Whether the receiver's node holds what was last reported; None when nothing was reported."""
        if not self.reported_version:
            return None
        is_at_home = self.reported_to == self.origin_node
        return is_at_home or self.delivered_version >= self.reported_version


def _kept(value: Any) -> Any:
    """The form in which a field is kept: times as ISO text, codes as their code, people as plain values."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_kept(one) for one in value]
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return str(value) if isinstance(value, str) else value


class Numbering(Table, table=True):
    """The last running number that a unit gave in a year; a number that went out is never given again."""

    __tablename__ = "intake_numbering"

    unit_id: UUID = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class Attachment(Table, table=True):
    """A file of an item; its content lies in the file store under its digest."""

    __tablename__ = "intake_attachment"

    attachment_id: UUID = Field(primary_key=True)
    origin_id: UUID = Field(foreign_key="intake_submission.origin_id", index=True)
    sha256: str = Field(max_length=64)
    filename: str = Field(max_length=255)
    media_type: str = Field(max_length=120)
    size: int = Field(sa_type=BigId)
    added_by: str = Field(default="", sa_type=Text)
    added_at: datetime = Field(sa_type=UtcDateTime)


class HistoryRow(Table, HistoryLine, table=True):
    """One line of an item's history."""

    __tablename__ = "intake_history"

    id: int | None = Field(default=None, sa_column=Column("id", BigId, Identity(cache=1), primary_key=True))
    origin_id: UUID = Field(foreign_key="intake_submission.origin_id", index=True)

    __table_args__ = {"sqlite_autoincrement": True}


class EditionCopy(Table, table=True):
    """A copy of a text as it was handed in (`by_author`) or as an office edited it (本级稿).

    A bureau's item has both at one node, each counted by itself.
    """

    __tablename__ = "intake_edition"

    origin_id: UUID = Field(primary_key=True, foreign_key="intake_submission.origin_id")
    node: str = Field(primary_key=True, max_length=60)
    by_author: bool = Field(primary_key=True)
    number: int = Field(primary_key=True)
    title: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    edited_by: str = Field(default="", sa_type=Text)
    edited_at: datetime = Field(sa_type=UtcDateTime)


class Question(Table, QuestionLine, table=True):
    """A question to the author (核实)."""

    __tablename__ = "intake_question"

    origin_id: UUID = Field(foreign_key="intake_submission.origin_id", index=True)
