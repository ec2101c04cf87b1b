"""The read copy of the directory that every service keeps: units, officers, peers and calendar days, fed by facts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Integer, RowMapping, String, Table, Text, Uuid, select
from sqlalchemy.dialects import postgresql, sqlite

from services.kernel.language.calendar import WorkingDays
from services.kernel.language.events.directory import (
    CalendarDaySet,
    OfficerAppointed,
    PeerRegistered,
    SessionEnded,
    UnitRegistered,
)
from services.kernel.language.events.parts import Fact
from services.kernel.language.vocabulary import DayKind, Lane, System, UnitKind
from services.kernel.runtime.heard.ended import note_ended_sessions
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import KERNEL
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import ListensTo

KNOWN_UNIT = Table(
    "known_unit",
    KERNEL,
    Column("unit_id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("short_name", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("level", String(20), nullable=False),
    Column("ranking_group", String(60), nullable=False),
    Column("org_code", String(40), nullable=False),
    Column("node_id", String(60), nullable=False, index=True),
    Column("is_active", Boolean, nullable=False),
)
KNOWN_OFFICER = Table(
    "known_officer",
    KERNEL,
    Column("officer_id", Uuid, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("unit_id", Uuid, nullable=False, index=True),
    Column("section", String(120), nullable=False),
    Column("roles", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
)
KNOWN_PEER = Table(
    "known_peer",
    KERNEL,
    Column("peer", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("level", String(20), nullable=False),
    Column("system", String(20), nullable=False),
    Column("direction", String(20), nullable=False),
    Column("bootstrap_servers", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("key_id", String(60), nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("lanes", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
)
KNOWN_DAY = Table(
    "known_day",
    KERNEL,
    Column("day", Date, primary_key=True),
    Column("is_working", Boolean, nullable=False),
    Column("label", String(60), nullable=False),
    Column("year_announced", Boolean, nullable=False),
    Column("year", Integer, nullable=False),
)


async def keep_unit(tx: Transaction, fact: UnitRegistered) -> None:
    """Keep the newest snapshot of a unit."""
    await _put(tx.session, KNOWN_UNIT, _plain(fact))


async def keep_officer(tx: Transaction, fact: OfficerAppointed) -> None:
    """Keep the newest snapshot of an officer."""
    await _put(tx.session, KNOWN_OFFICER, {**_plain(fact), "roles": ",".join(fact.roles)})


async def keep_peer(tx: Transaction, fact: PeerRegistered) -> None:
    """Keep the newest snapshot of a neighbouring node."""
    await _put(tx.session, KNOWN_PEER, {**_plain(fact), "lanes": ",".join(fact.lanes)})


async def keep_calendar_day(tx: Transaction, fact: CalendarDaySet) -> None:
    """Keep what was declared about a day."""
    await _put(tx.session, KNOWN_DAY, {**_plain(fact), "year": fact.day.year})


ORGANISATION_LISTENS_TO: ListensTo = {
    "directory.unit": {UnitRegistered: keep_unit},
    "directory.officer": {OfficerAppointed: keep_officer},
    "directory.peer": {PeerRegistered: keep_peer},
    "directory.calendar": {CalendarDaySet: keep_calendar_day},
    "directory.session": {SessionEnded: note_ended_sessions},
}


async def find_unit(session: AsyncSession, unit_id: UUID) -> UnitRegistered | None:
    """The unit as the directory last told it."""
    row = (await session.execute(select(KNOWN_UNIT).where(KNOWN_UNIT.c.unit_id == unit_id))).mappings().one_or_none()
    return _unit(row) if row else None


async def list_units(
    session: AsyncSession, *, kinds: Sequence[UnitKind] | None = None, active_only: bool = True
) -> list[UnitRegistered]:
    """Units this node knows, by ranking group and name."""
    query = select(KNOWN_UNIT).order_by(KNOWN_UNIT.c.ranking_group, KNOWN_UNIT.c.name)
    if kinds is not None:
        query = query.where(KNOWN_UNIT.c.kind.in_(kinds))
    if active_only:
        query = query.where(KNOWN_UNIT.c.is_active)
    return [_unit(row) for row in (await session.execute(query)).mappings()]


async def list_officers(session: AsyncSession, unit_id: UUID) -> list[OfficerAppointed]:
    """The officers in service of a unit, by name."""
    query = select(KNOWN_OFFICER).where(KNOWN_OFFICER.c.unit_id == unit_id, KNOWN_OFFICER.c.is_active)
    rows = (await session.execute(query.order_by(KNOWN_OFFICER.c.name, KNOWN_OFFICER.c.officer_id))).mappings()
    return [OfficerAppointed(**{**row, "roles": tuple(filter(None, row["roles"].split(",")))}) for row in rows]


async def head_office(session: AsyncSession, node_id: str) -> UnitRegistered | None:
    """The node's own office (办公室)."""
    return await _first_unit(session, KNOWN_UNIT.c.node_id == node_id, KNOWN_UNIT.c.kind == UnitKind.HEAD_OFFICE)


async def units_to_compare(
    session: AsyncSession, *, ids: Collection[UUID], names: Collection[str], node_id: str
) -> list[UnitRegistered]:
    """Units known here by these ids, subordinate ones by these names, and those by which a node is governed here."""
    subordinate = KNOWN_UNIT.c.kind == UnitKind.SUBORDINATE
    named = subordinate & (KNOWN_UNIT.c.name.in_(sorted(names)) | (KNOWN_UNIT.c.node_id == node_id))
    query = select(KNOWN_UNIT).where(KNOWN_UNIT.c.unit_id.in_(sorted(ids)) | named)
    return [_unit(row) for row in (await session.execute(query)).mappings()]


async def list_peers(session: AsyncSession, *, direction: str | None = None) -> list[PeerRegistered]:
    """Neighbouring nodes in use, by id."""
    query = select(KNOWN_PEER).where(KNOWN_PEER.c.is_active).order_by(KNOWN_PEER.c.peer)
    if direction:
        query = query.where(KNOWN_PEER.c.direction == direction)
    return [_peer(row) for row in (await session.execute(query)).mappings()]


async def find_peer(session: AsyncSession, peer: str) -> PeerRegistered | None:
    """A neighbouring node by its id."""
    row = (await session.execute(select(KNOWN_PEER).where(KNOWN_PEER.c.peer == peer))).mappings().one_or_none()
    return _peer(row) if row else None


async def superior_of(session: AsyncSession, system: System = System.GOVERNMENT) -> PeerRegistered | None:
    """The node to which this node's head office reports in `system`; a skip-level link takes no routine items."""
    superiors = await list_peers(session, direction="superior")
    return next((peer for peer in superiors if peer.system is system and Lane.ROUTINE in peer.lanes), None)


async def working_days(session: AsyncSession) -> WorkingDays:
    """The working-day calendar as the directory last told it."""
    rows = list(await session.execute(select(KNOWN_DAY)))
    return WorkingDays(
        {row.day: DayKind.MAKEUP_WORKDAY if row.is_working else DayKind.HOLIDAY for row in rows},
        frozenset(row.year for row in rows if row.year_announced),
    )


async def _first_unit(session: AsyncSession, *conditions: Any) -> UnitRegistered | None:
    row = (await session.execute(select(KNOWN_UNIT).where(*conditions).limit(1))).mappings().one_or_none()
    return _unit(row) if row else None


async def _put(session: AsyncSession, table: Table, values: dict[str, Any]) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(table).values({name: value for name, value in values.items() if name in table.columns})
    keys = [column.name for column in table.primary_key]
    changed = {column.name: row.excluded[column.name] for column in table.columns if column.name not in keys}
    await session.execute(row.on_conflict_do_update(index_elements=keys, set_=changed))


def _plain(fact: Fact) -> dict[str, Any]:
    return fact.model_dump()


def _unit(row: RowMapping) -> UnitRegistered:
    return UnitRegistered(**row)


def _peer(row: RowMapping) -> PeerRegistered:
    return PeerRegistered(**{**row, "lanes": tuple(filter(None, row["lanes"].split(",")))})
