"""Lines of items' histories, and questions about items, as each service keeps them in tables of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Text
from sqlmodel import Field, SQLModel

from services.kernel.language.events.parts import OfficerRef
from services.kernel.runtime.storing.columns import KEPT_OFFICER
from services.kernel.runtime.storing.tables import BigId, UtcDateTime


class HistoryLine(SQLModel):
    """One line of an item's history, from here or from another node; `event_id` keeps it single.

    `ordinal` is its place after what caused it (see `SubmissionFact`), 0 where its teller named none,
    and less in lines of before places were told. `is_inside` marks what only this office may see (备用, 拟采用, proposals).
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    origin_id: UUID = Field(index=True)
    event_id: str | None = Field(default=None, max_length=64, unique=True)
    type: str = Field(max_length=80)
    hop: int
    version: int
    ordinal: int = 0
    rank: int
    node: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)
    text: str = Field(sa_type=Text)
    by: str = Field(default="", sa_type=Text)
    unit: str = Field(default="", sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    is_inside: bool = False


class QuestionLine(SQLModel):
    """Something to verify (核实): asked by an office, answered by the author's unit; either half may come first."""

    question_id: UUID = Field(primary_key=True)
    origin_id: UUID = Field(index=True)
    hop: int = 0
    version: int = 1
    asked_node: str = Field(default="", max_length=60)
    question: str = Field(default="", sa_type=Text)
    asked_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str | None = Field(default=None, sa_type=Text)
    answered_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
