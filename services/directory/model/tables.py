"""What the directory keeps: units, officers, sessions, neighbours and the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, String, Text, TypeDecorator
from sqlmodel import Field, SQLModel

from services.kernel.language.vocabulary import DayKind, Lane, Level, Role, System, UnitKind, Word
from services.kernel.runtime.storing.columns import Coded
from services.kernel.runtime.storing.tables import UtcDateTime, service_metadata
from services.kernel.runtime.surroundings.identifiers import new_id

METADATA = service_metadata()


class CodeSet(TypeDecorator[Any]):
    """A set of words, stored as ` a b ` so that `LIKE '% a %'` finds one of them."""

    impl = String(200)
    cache_ok = True

    def __init__(self, word: type[Word]) -> None:
        super().__init__()
        self.word = word

    def process_bind_param(self, value: Iterable[Any] | str | None, dialect: Dialect) -> str | None:
        """Store the codes in order; text passes as it is, for LIKE."""
        if value is None or isinstance(value, str):
            return value
        return "".join(f" {code}" for code in sorted(self.word(one).value for one in value)) + " "

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[Word] | None:
        """Read the set back."""
        return None if value is None else frozenset(self.word(code) for code in value.split())


class Table(SQLModel):
    """What every table of the directory stands in."""

    metadata = METADATA


class NodeProfile(Table, table=True):
    """What this node says of itself besides its settings: one row."""

    __tablename__ = "directory_node"

    node_id: str = Field(primary_key=True, max_length=32)
    system: System = Field(default=System.GOVERNMENT, sa_type=Coded(System))
    head_office_id: UUID
    duty_phone: str = Field(default="", max_length=30)
    help_contact: str = Field(default="", max_length=120)
    version: int = 1


class Unit(Table, table=True):
    """An organisation: this node's office, a bureau, a hosted unit, or a subordinate node's office."""

    __tablename__ = "directory_unit"

    unit_id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=120, unique=True)
    short_name: str = Field(max_length=120)
    kind: UnitKind = Field(sa_type=Coded(UnitKind), index=True)
    level: Level = Field(sa_type=Coded(Level))
    ranking_group: str = Field(default="", max_length=120)
    org_code: str = Field(default="", max_length=18)
    node_id: str = Field(max_length=32, index=True)
    is_active: bool = True
    version: int = 1


class Officer(Table, table=True):
    """A person who signs in at this node. The hash is Argon2id, empty until a password is set; initial: by another."""

    __tablename__ = "directory_officer"

    officer_id: UUID = Field(default_factory=new_id, primary_key=True)
    username: str = Field(max_length=32, unique=True)
    password_hash: str = Field(default="", sa_type=Text)
    is_password_initial: bool = False
    name: str = Field(max_length=120)
    phone: str = Field(default="", max_length=30)
    unit_id: UUID = Field(foreign_key="directory_unit.unit_id", index=True)
    section: str = Field(default="", max_length=120)
    roles: frozenset[Role] = Field(default=frozenset(), sa_type=CodeSet(Role))
    is_active: bool = True
    version: int = 1


class Session(Table, table=True):
    """One sign-in. `secret_digest` is the SHA-256 of the cookie; the cookie itself is not kept."""

    __tablename__ = "directory_session"

    session_id: UUID = Field(default_factory=new_id, primary_key=True)
    secret_digest: str = Field(max_length=64, unique=True)
    officer_id: UUID = Field(foreign_key="directory_officer.officer_id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInTries(Table, table=True):
    """Wrong passwords in a row for one username at one place, whether or not anybody has it.

    An empty place is anywhere, an empty name any name: see `policy.sign_in.Place`.
    """

    __tablename__ = "directory_sign_in_tries"

    username: str = Field(primary_key=True, max_length=32)
    place: str = Field(primary_key=True, max_length=80)
    failed: int
    last_failed_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Peer(Table, table=True):
    """A neighbouring node as its card and this node's administrator describe it."""

    __tablename__ = "directory_peer"

    node_id: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=120)
    level: Level = Field(sa_type=Coded(Level))
    system: System = Field(sa_type=Coded(System))
    direction: str = Field(max_length=16)
    unit_id: UUID
    unit_name: str = Field(max_length=120)
    public_key: str = Field(max_length=64)
    key_id: str = Field(max_length=16)
    bootstrap_servers: str = Field(default="", max_length=500)
    lanes: frozenset[Lane] = Field(sa_type=CodeSet(Lane))
    is_active: bool = True
    version: int = 1


class CalendarYear(Table, table=True):
    """A year of the calendar; announced once its official notice is out."""

    __tablename__ = "directory_calendar_year"

    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    is_announced: bool = False
    version: int = 1


class CalendarDayRow(Table, table=True):
    """A day that was decided against the plain week, or for it after all."""

    __tablename__ = "directory_calendar_day"

    on: date = Field(primary_key=True, sa_column_kwargs={"name": "day"})
    kind: DayKind = Field(sa_type=Coded(DayKind))
    name: str = Field(default="", max_length=60)
