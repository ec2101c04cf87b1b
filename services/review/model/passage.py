"""What happens to an item on its way: questions, forwards, instructions, and its history."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from services.kernel.language.events.parts import OfficerRef, SignOff
from services.kernel.language.vocabulary import LeaderRank, Level, Share, Word
from services.kernel.runtime.passage.table import HistoryLine, QuestionLine
from services.kernel.runtime.storing.columns import KEPT_OFFICER, Coded
from services.kernel.runtime.storing.tables import UtcDateTime
from services.kernel.runtime.surroundings.identifiers import new_id
from services.review.model.table import KEPT_SIGN_OFF, Table


class Question(Table, QuestionLine, table=True):
    """Something to verify (核实)."""

    __tablename__ = "review_question"


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


class HistoryRow(Table, HistoryLine, table=True):
    """One line of an item's history."""

    __tablename__ = "review_history"
