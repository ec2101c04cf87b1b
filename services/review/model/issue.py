"""Periodicals (信息刊物), their issues, and the places of items in them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from services.kernel.language.events.parts import OfficerRef, SignOff
from services.kernel.language.vocabulary import AdoptionMode, PeriodicalKind, System, Word
from services.kernel.runtime.storing.columns import KEPT_OFFICER, Coded
from services.kernel.runtime.storing.tables import UtcDateTime
from services.kernel.runtime.surroundings.identifiers import new_id
from services.review.model.table import KEPT_SIGN_OFF, Table


class Series(Word):
    """Series of numbers within a periodical; supplements are counted apart."""

    REGULAR = "regular", "正刊"
    SUPPLEMENT = "supplement", "增刊"


class IssueStatus(Word):
    """Whether an issue can still be changed."""

    DRAFT = "draft", "编排中"
    SIGNED = "signed", "已签发"


class AdoptionStatus(Word):
    """Where an item's place in an issue stands."""

    SELECTED = "selected", "拟采用"
    ADOPTED = "adopted", "已采用"
    TAKEN_OUT = "taken_out", "已移出"


class Periodical(Table, table=True):
    """A periodical of this node, with what its issues start from."""

    __tablename__ = "review_periodical"

    periodical_id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=40, unique=True)
    title: str = Field(max_length=100)
    kind: PeriodicalKind = Field(sa_type=Coded(PeriodicalKind))
    system: System = Field(default=System.GOVERNMENT, sa_type=Coded(System))
    issuing_office: str = Field(max_length=200)
    mark: str = Field(default="", max_length=60)
    report_to: str = Field(default="", max_length=500)
    send_to: str = Field(default="", max_length=500)
    distribute_to: str = Field(default="", max_length=500)
    copies: int | None = None
    is_active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class Issue(Table, table=True):
    """One issue: a draft without number until a chief signs it; `version` is its ETag."""

    __tablename__ = "review_issue"
    __table_args__ = (
        UniqueConstraint("periodical_id", "year", "series", "number"),
        Index("ix_review_issue_status", "status", "issue_id"),
    )

    issue_id: UUID = Field(default_factory=new_id, primary_key=True)
    periodical_id: UUID = Field(index=True)
    series: Series = Field(default=Series.REGULAR, sa_type=Coded(Series))
    status: IssueStatus = Field(default=IssueStatus.DRAFT, sa_type=Coded(IssueStatus))
    number: int | None = None
    year: int | None = None
    version: int = 1
    note: str = Field(default="", max_length=2000)
    mark: str = Field(default="", max_length=60)
    report_to: str = Field(default="", max_length=500)
    send_to: str = Field(default="", max_length=500)
    distribute_to: str = Field(default="", max_length=500)
    copies: int | None = None
    created_by: OfficerRef | None = Field(default=None, sa_type=KEPT_OFFICER)
    created_at: datetime = Field(sa_type=UtcDateTime)
    touched_at: datetime = Field(sa_type=UtcDateTime)
    sign_off: SignOff | None = Field(default=None, sa_type=KEPT_SIGN_OFF)
    signed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.status is IssueStatus.DRAFT


class Adoption(Table, table=True):
    """An item's place in an issue. `title`, `body` and `source` are what was printed, once signed."""

    __tablename__ = "review_adoption"
    __table_args__ = (
        Index("ix_review_adoption_issue", "issue_id", "place"),
        Index(
            "uq_review_adoption_live",
            "origin_id",
            "periodical_id",
            unique=True,
            sqlite_where=text("status <> 'taken_out'"),
            postgresql_where=text("status <> 'taken_out'"),
        ),
    )

    adoption_id: UUID = Field(default_factory=new_id, primary_key=True)
    origin_id: UUID = Field(index=True)
    issue_id: UUID
    periodical_id: UUID
    mode: AdoptionMode = Field(default=AdoptionMode.SINGLE, sa_type=Coded(AdoptionMode))
    status: AdoptionStatus = Field(default=AdoptionStatus.SELECTED, sa_type=Coded(AdoptionStatus))
    place: int = 0
    selected_by: OfficerRef = Field(sa_type=KEPT_OFFICER, nullable=False)
    selected_at: datetime = Field(sa_type=UtcDateTime)
    title: str = Field(default="", max_length=400)
    body: str = ""
    source: str = Field(default="", max_length=200)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
