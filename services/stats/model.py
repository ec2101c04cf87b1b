"""What stats keeps: score events as they came, and the entries computed from them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Dialect, Index, Text, TypeDecorator
from sqlmodel import Field, SQLModel

from services.kernel.runtime.keeping.erasure.texts import MARK, Texts
from services.kernel.runtime.storing.tables import UtcDateTime, service_metadata

METADATA = service_metadata()
_FINEST = Decimal(10_000)


class Points(TypeDecorator[Decimal]):
    """Points, stored as whole ten-thousandths, so that sums are exact on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Store ten-thousandths, the finest that a rule set may round to."""
        return None if value is None else int((value * _FINEST).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read points back without zeros at the end."""
        return None if value is None else (Decimal(int(value)) / _FINEST).normalize() + 0


class Table(SQLModel):
    """What all tables of stats share."""

    metadata: ClassVar[Any] = METADATA


class StoredEvent(Table, table=True):
    """One score event of one unit; the same event told again is the same row.

    `is_unmatched` says that no rule in force covers it, so that a gap in the rules is seen.
    """

    __tablename__ = "stats_event"

    event_id: str = Field(primary_key=True, max_length=120)
    kind: str = Field(max_length=40)
    origin_id: UUID = Field(index=True)
    unit_id: UUID
    unit_name: str = Field(max_length=200)
    level: str | None = Field(default=None, max_length=20)
    info_type: str | None = Field(default=None, max_length=40)
    periodical_kind: str | None = Field(default=None, max_length=40)
    mode: str | None = Field(default=None, max_length=20)
    leader_rank: str | None = Field(default=None, max_length=20)
    adoption_id: UUID | None = Field(default=None, index=True)
    happened_on: date
    period: str = Field(max_length=7)
    label: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    system: str = Field(max_length=20)
    node: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    is_unmatched: bool = False

    __table_args__ = (
        Index("ix_stats_event_unit", "unit_id", "period", "happened_on"),
        Index("ix_stats_event_period", "period", "unit_id"),
        Index("ix_stats_event_day", "happened_on"),
    )


class StoredEntry(Table, table=True):
    """Points of one unit from one event under one version of the rules, with the reason in words."""

    __tablename__ = "stats_entry"

    event_id: str = Field(primary_key=True, max_length=120, foreign_key="stats_event.event_id")
    unit_id: UUID = Field(primary_key=True)
    ruleset_id: str = Field(primary_key=True, max_length=60)
    ruleset_version: int = Field(primary_key=True)
    origin_id: UUID = Field(index=True)
    period: str = Field(max_length=7)
    happened_on: date
    rule_id: str = Field(max_length=20)
    multiplier_rule_id: str | None = Field(default=None, max_length=20)
    points_before: Decimal = Field(sa_type=Points)
    points: Decimal = Field(sa_type=Points)
    reason: str = Field(sa_type=Text)

    __table_args__ = (
        Index("ix_stats_entry_period", "period", "unit_id"),
        Index("ix_stats_entry_unit", "unit_id", "period"),
    )


TEXTS = (Texts(StoredEvent, {"title": MARK}),)
"""Where stats keeps text of items: the title alone."""
