"""What goes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Self
from uuid import UUID

from services.directory.actions.neighbours import card_fingerprint
from services.directory.model import (
    CalendarDayRow,
    CalendarYear,
    Officer,
    Peer,
    PeerCard,
    Unit,
)
from services.directory.policy.calendar import is_worked
from services.directory.policy.units import ReportsTo, reports_to
from services.kernel.language.vocabulary import DayKind, Lane, Level, Role, System, UnitKind
from services.kernel.runtime.web.tokens import fingerprint, public_key_from_text
from services.kernel.runtime.web.views import View


class TokenView(View):
    """A token and the session that renews it; lifetimes in seconds."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int
    session: str | None = None
    session_expires_in: int


class UnitView(View):
    """A unit as this node's directory has it."""

    unit_id: UUID
    name: str
    short_name: str
    kind: UnitKind
    level: Level
    ranking_group: str
    org_code: str
    node_id: str
    is_active: bool
    reports_to: ReportsTo
    version: int

    @classmethod
    def of(cls, unit: Unit) -> Self:
        """The view of a row."""
        return cls(**unit.model_dump(), reports_to=reports_to(unit.kind))


class OfficerView(View):
    """An officer; the phone number only for those who may read it."""

    officer_id: UUID
    username: str
    name: str
    phone: str
    unit_id: UUID
    unit_name: str
    unit_kind: UnitKind
    section: str
    roles: list[Role]
    is_active: bool
    version: int

    @classmethod
    def of(cls, officer: Officer, unit: Unit, *, with_phone: bool) -> Self:
        """The view of a row and its unit's."""
        kept = officer.model_dump(exclude={"password_hash", "phone", "roles"})
        return cls(
            **kept,
            phone=officer.phone if with_phone else "",
            unit_name=unit.name,
            unit_kind=unit.kind,
            roles=[role for role in Role if role in officer.roles],
        )


class PeerView(View):
    """A neighbouring node."""

    node_id: str
    name: str
    level: Level
    system: System
    direction: str
    unit_id: UUID
    unit_name: str
    public_key: str
    key_id: str
    fingerprint: str
    bootstrap_servers: str
    lanes: list[Lane]
    is_active: bool
    version: int

    @classmethod
    def of(cls, peer: Peer) -> Self:
        """The view of a row."""
        return cls(
            **peer.model_dump(exclude={"lanes"}),
            lanes=[lane for lane in Lane if lane in peer.lanes],
            fingerprint=fingerprint(public_key_from_text(peer.public_key)),
        )


class CardView(View):
    """This node's card and the fingerprint that is read over the phone."""

    card: PeerCard
    fingerprint: str

    @classmethod
    def of(cls, card: PeerCard) -> Self:
        """The view of a card."""
        return cls(card=card, fingerprint=card_fingerprint(card))


class DayView(View):
    """A decided day."""

    day: date
    kind: DayKind
    name: str
    is_working: bool


class YearView(View):
    """A year and the days that were decided in it; version 0: nothing was decided yet."""

    year: int
    is_announced: bool
    version: int
    days: list[DayView]

    @classmethod
    def of(cls, number: int, year: CalendarYear | None, days: Sequence[CalendarDayRow] = ()) -> Self:
        """The view of a year that may not have a row yet."""
        return cls(
            year=number,
            is_announced=bool(year and year.is_announced),
            version=year.version if year else 0,
            days=[DayView(day=day.on, kind=day.kind, name=day.name, is_working=is_worked(day.kind)) for day in days],
        )


class KeyView(View):
    """A public key of this node: raw Ed25519 in base64, and as a JSON Web Key's `x`."""

    key_id: str
    use: str
    algorithm: str = "Ed25519"
    public_key: str
    fingerprint: str
