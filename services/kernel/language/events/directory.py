"""What the directory tells: units, officers, peer nodes and calendar days, each a whole snapshot; and sign-ins that ended.

`version` is that of the row which the snapshot was taken of, 0 in facts told before it was carried:
after a restore it says whether the snapshot is newer than what the backup holds.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.kernel.language.events.parts import Fact
from services.kernel.language.vocabulary import DayKind, Level, Role, System, UnitKind


class UnitRegistered(Fact):
    """A unit was registered or changed."""

    TYPE: ClassVar[str] = "unit.registered"
    LABEL: ClassVar[str] = "单位登记或变更"
    TOPIC: ClassVar[str] = "directory.unit"

    unit_id: UUID
    name: str
    short_name: str
    kind: UnitKind
    level: Level
    ranking_group: str
    org_code: str = ""
    node_id: str
    is_active: bool = True
    version: int = 0

    @property
    def key(self) -> str:
        """Snapshots of one unit keep their order."""
        return str(self.unit_id)


class OfficerAppointed(Fact):
    """An officer was appointed, changed or released. Neither password nor phone leaves the directory."""

    TYPE: ClassVar[str] = "officer.appointed"
    LABEL: ClassVar[str] = "人员任用或变动"
    TOPIC: ClassVar[str] = "directory.officer"

    officer_id: UUID
    name: str
    unit_id: UUID
    section: str = ""
    roles: tuple[Role, ...]
    is_active: bool = True
    username: str = ""
    version: int = 0

    @property
    def key(self) -> str:
        """Snapshots of one officer keep their order."""
        return str(self.officer_id)


class SessionEnded(Fact):
    """Sign-ins of an officer ended: signed out, a new password, released. Tokens of them are refused from now on.

    With another role or unit a sign-in goes on under a new id, and the old one has ended. It names 500 at
    most; more are told in more facts.
    """

    TYPE: ClassVar[str] = "session.ended"
    LABEL: ClassVar[str] = "登录已结束"
    TOPIC: ClassVar[str] = "directory.session"

    officer_id: UUID
    session_ids: tuple[UUID, ...]
    ended_at: datetime

    @property
    def key(self) -> str:
        """Ends of one officer's sign-ins keep their order."""
        return str(self.officer_id)


class PeerRegistered(Fact):
    """A neighbouring node was registered or changed.

    `direction` is where it stands from here (superior or subordinate). A superior is dialled at
    `bootstrap_servers`; `public_key` is its Ed25519 key in base64, `key_id` names it.
    """

    TYPE: ClassVar[str] = "peer.registered"
    LABEL: ClassVar[str] = "相邻节点登记或变更"
    TOPIC: ClassVar[str] = "directory.peer"

    peer: str
    name: str
    level: Level
    system: System
    direction: str
    bootstrap_servers: str = ""
    public_key: str
    key_id: str
    unit_id: UUID
    lanes: tuple[str, ...] = ("urgent", "routine", "bulk")
    is_active: bool = True
    unit_name: str = ""
    version: int = 0

    @property
    def key(self) -> str:
        """Snapshots of one peer keep their order."""
        return self.peer


class CalendarDaySet(Fact):
    """A day was declared working day or holiday against the plain week; or a year's notice came out.

    `version` is that of the day's year.
    """

    TYPE: ClassVar[str] = "calendar.day_set"
    LABEL: ClassVar[str] = "工作日历设定"
    TOPIC: ClassVar[str] = "directory.calendar"

    day: date
    is_working: bool
    label: str = ""
    year_announced: bool = True
    kind: DayKind | None = None
    version: int = 0

    @property
    def key(self) -> str:
        """Days of one year keep their order."""
        return str(self.day.year)
