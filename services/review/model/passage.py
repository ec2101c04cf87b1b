"""What happens to an item on its way: questions, forwards, instructions, and its history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from services.kernel.language.events.parts import OfficerRef, SignOff
from services.kernel.language.vocabulary import LeaderRank, Level, Share, Word
from services.kernel.runtime.columns import KEPT_OFFICER, Coded
from services.kernel.runtime.identifiers import new_id
from services.kernel.runtime.tables import BigId, UtcDateTime
from services.review.model.table import KEPT_SIGN_OFF, Table


class Question(Table, table=True):
    """Something to verify (核实): asked by an office, answered by the author's unit."""

    __tablename__ = "review_question"

    question_id: UUID = Field(primary_key=True)
    origin_id: UUID = Field(index=True)
    hop: int
    version: int
    asked_node: str = Field(max_length=60)
    question: str = Field(default="", max_length=2000)
    asked_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str | None = Field(default=None, max_length=5000)
    answered_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ProposalState(Word):
    """Where a proposal to forward stands."""

    PROPOSED = "proposed", "待签发"
    SIGNED = "signed", "已转报"
    WITHDRAWN = "withdrawn", "已撤回"
    RETURNED = "returned", "上级退回"


class Forward(Table, table=True):
    """A proposal to send an item on (转报), until a chief signs it or it is withdrawn."""

    __tablename__ = "review_forward"

    forward_id: UUID = Field(default_factory=new_id, primary_key=True)
    origin_id: UUID = Field(index=True)
    to_node: str = Field(max_length=60)
    to_name: str = Field(max_length=200)
    hop: int
    submission_version: int
    state: ProposalState = Field(default=ProposalState.PROPOSED, sa_type=Coded(ProposalState))
    proposed_by: OfficerRef = Field(sa_type=KEPT_OFFICER, nullable=False)
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    sign_off: SignOff | None = Field(default=None, sa_type=KEPT_SIGN_OFF)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=2000)


class Instruction(Table, table=True):
    """A leader's instruction (批示) recorded here, or told from above as far as it is shared."""

    __tablename__ = "review_instruction"

    instruction_id: UUID = Field(primary_key=True)
    origin_id: UUID = Field(index=True)
    node: str = Field(max_length=60)
    level: Level = Field(sa_type=Coded(Level))
    leader_name: str = Field(max_length=120)
    leader_rank: LeaderRank = Field(sa_type=Coded(LeaderRank))
    text: str | None = Field(default=None, max_length=5000)
    given_on: date
    share: Share = Field(sa_type=Coded(Share))
    recorded_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class HistoryRow(Table, table=True):
    """One line of an item's history, from here or from another node; `event_id` keeps it single.

    `is_inside` marks what only this office may see (备用, 拟采用, proposals).
    """

    __tablename__ = "review_history"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    origin_id: UUID = Field(index=True)
    event_id: str | None = Field(default=None, max_length=64, unique=True)
    type: str = Field(max_length=80)
    hop: int
    version: int
    rank: int
    node: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)
    text: str = Field(max_length=1000)
    by: str = Field(default="", max_length=200)
    unit: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=10_000)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    is_inside: bool = False
