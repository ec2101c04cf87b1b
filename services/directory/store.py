"""Queries of the directory. Lists are ordered by a key, and pages start after one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, tuple_, update
from sqlmodel import col
from sqlmodel import select as select_rows

from services.directory.model import (
    CalendarDayRow,
    CalendarYear,
    NodeProfile,
    Officer,
    Peer,
    Session,
    SignInTries,
    Unit,
)
from services.directory.policy.neighbours import Direction
from services.kernel.language.calendar import WorkingDays
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.pages.paging import Order, Orders, Part, order_named
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.identifiers import new_id

OFFICER_ORDERS: Orders = {
    "username": Order(col(Officer.username), col(Officer.officer_id)),
    "name": Order(col(Officer.name), col(Officer.officer_id)),
}
UNIT_ORDERS: Orders = {
    "registered": Order(col(Unit.unit_id)),
    "name": Order(col(Unit.name), col(Unit.unit_id)),
    "group": Order(col(Unit.ranking_group), col(Unit.unit_id)),
}
_BY_NODE = Order(col(Peer.node_id))
_WITHOUT_PASSWORD = (col(Officer.is_active), col(Officer.password_hash) == "")


async def find_profile(session: AsyncSession, node_id: str) -> NodeProfile | None:
    """What this node says of itself, once it has been founded."""
    return await session.get(NodeProfile, node_id)


async def find_unit(session: AsyncSession, unit_id: UUID, *, to_change: bool = False) -> Unit | None:
    """A unit by its id, locked until the commit when it is to be changed."""
    return await _one(session, Unit, col(Unit.unit_id) == unit_id, to_change=to_change)


async def find_unit_named(session: AsyncSession, name: str) -> Unit | None:
    """The unit that bears this full name."""
    return await _one(session, Unit, col(Unit.name) == name)


async def find_head_office(session: AsyncSession) -> Unit | None:
    """This node's own office."""
    return await _one(session, Unit, col(Unit.kind) == UnitKind.HEAD_OFFICE)


async def list_units(
    session: AsyncSession,
    *,
    kind: UnitKind | None = None,
    active_only: bool = False,
    order: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Part[Unit]:
    """A page of the units, in the order of registration unless another is named."""
    query = select_rows(Unit)
    if kind:
        query = query.where(col(Unit.kind) == kind)
    if active_only:
        query = query.where(col(Unit.is_active))
    return await order_named(UNIT_ORDERS, order).read(session, query, cursor=cursor, limit=limit)


async def count_officers_in(session: AsyncSession, unit_id: UUID) -> int:
    """How many active officers sit in a unit."""
    return await _count(session, Officer, col(Officer.unit_id) == unit_id, col(Officer.is_active))


async def find_officer(session: AsyncSession, officer_id: UUID, *, to_change: bool = False) -> Officer | None:
    """An officer by id, locked until the commit when to be changed."""
    return await _one(session, Officer, col(Officer.officer_id) == officer_id, to_change=to_change)


async def find_officer_named(session: AsyncSession, username: str, *, to_change: bool = False) -> Officer | None:
    """The officer who signs in under this username."""
    return await _one(session, Officer, col(Officer.username) == username, to_change=to_change)


async def unit_of(session: AsyncSession, officer: Officer) -> Unit:
    """The unit in which an officer sits."""
    unit = await find_unit(session, officer.unit_id)
    assert unit is not None, "an officer's unit is a foreign key"
    return unit


async def list_officers(
    session: AsyncSession,
    *,
    unit_id: UUID | None = None,
    role: Role | None = None,
    q: str = "",
    is_without_password: bool = False,
    order: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Part[tuple[Officer, Unit]]:
    """A page of the officers with their units, in one of `OFFICER_ORDERS`."""
    query = select_rows(Officer, Unit).join(Unit, col(Unit.unit_id) == col(Officer.unit_id))
    if unit_id:
        query = query.where(col(Officer.unit_id) == unit_id)
    if role:
        query = query.where(col(Officer.roles).like(f"% {role.value} %"))
    if is_without_password:
        query = query.where(*_WITHOUT_PASSWORD)
    if q:
        query = query.where(or_(_contains(Officer.name, q), _contains(Officer.username, q)))
    by = order_named(OFFICER_ORDERS, order)
    return await by.read(session, query, cursor=cursor, limit=limit, of=lambda row: row[0])


async def count_without_password(session: AsyncSession) -> int:
    """Active officers who cannot sign in until an administrator gives them a password."""
    return await _count(session, Officer, *_WITHOUT_PASSWORD)


async def count_other_admins(session: AsyncSession, officer_id: UUID) -> int:
    """Active administrators besides this officer."""
    return await _count(
        session,
        Officer,
        col(Officer.roles).like(f"% {Role.ADMIN.value} %"),
        col(Officer.is_active),
        col(Officer.officer_id) != officer_id,
    )


async def find_session(session: AsyncSession, session_id: UUID) -> Session | None:
    """A sign-in by the id that tokens carry."""
    return await _one(session, Session, col(Session.session_id) == session_id)


async def find_session_of_secret(session: AsyncSession, digest: str, *, to_change: bool = False) -> Session | None:
    """The sign-in whose cookie has this digest."""
    return await _one(session, Session, col(Session.secret_digest) == digest, to_change=to_change)


async def revoke_sessions(
    session: AsyncSession, officer_id: UUID, now: datetime, *, keep: UUID | None = None
) -> list[UUID]:
    """End every sign-in of an officer, except `keep`; which of them were still in force."""
    those = [col(Session.officer_id) == officer_id, col(Session.revoked_at).is_(None)]
    if keep:
        those.append(col(Session.session_id) != keep)
    found = await _in_force(session, now, *those)
    await session.execute(update(Session).where(*those).values(revoked_at=now))
    return found


async def replace_session_ids(session: AsyncSession, officer_id: UUID, now: datetime) -> list[UUID]:
    """Give every sign-in of an officer that is in force a new id; the ids that they had."""
    found = await _in_force(session, now, col(Session.officer_id) == officer_id, col(Session.revoked_at).is_(None))
    for one in found:
        renamed = update(Session).where(col(Session.session_id) == one).values(session_id=new_id())
        await session.execute(renamed, execution_options={"synchronize_session": False})
    return found


async def _in_force(session: AsyncSession, now: datetime, *those: Any) -> list[UUID]:
    query = select(col(Session.session_id)).where(*those, col(Session.expires_at) > now)
    return list((await session.execute(query.order_by(col(Session.session_id)))).scalars())


async def revoke_these(session: AsyncSession, session_ids: Sequence[UUID], now: datetime) -> None:
    """End these sign-ins, those that have not ended yet."""
    those = (col(Session.session_id).in_(session_ids), col(Session.revoked_at).is_(None))
    await session.execute(update(Session).where(*those).values(revoked_at=now))


async def list_tries(session: AsyncSession, counts: Collection[tuple[str, str]]) -> list[SignInTries]:
    """The wrong passwords counted under these names and places."""
    place = tuple_(col(SignInTries.username), col(SignInTries.place))
    return list((await session.execute(select(SignInTries).where(place.in_(counts)))).scalars())


async def forget_tries(session: AsyncSession, username: str, place: str | None = None) -> None:
    """Start counting anew for a username, everywhere or at one place."""
    those = delete(SignInTries).where(col(SignInTries.username) == username)
    await session.execute(those if place is None else those.where(col(SignInTries.place) == place))


async def forget_before(session: AsyncSession, *, tries: datetime, sessions: datetime) -> None:
    """Delete counts that rested since `tries` and sign-ins that ended before `sessions`."""
    await session.execute(delete(SignInTries).where(col(SignInTries.last_failed_at) < tries))
    await session.execute(delete(Session).where(col(Session.expires_at) < sessions))


async def count_sessions(session: AsyncSession, now: datetime) -> int:
    """Sign-ins that are in force."""
    return await _count(session, Session, col(Session.revoked_at).is_(None), col(Session.expires_at) > now)


async def count_locked(session: AsyncSession, *, failed: int, since: datetime) -> int:
    """Names with at least `failed` wrong passwords at one place, the last one after `since`."""
    return await _count(
        session,
        SignInTries,
        col(SignInTries.username) != "",
        col(SignInTries.place) != "",
        col(SignInTries.failed) >= failed,
        col(SignInTries.last_failed_at) > since,
    )


async def find_peer(session: AsyncSession, node_id: str, *, to_change: bool = False) -> Peer | None:
    """A neighbouring node by its id."""
    return await _one(session, Peer, col(Peer.node_id) == node_id, to_change=to_change)


async def list_peers(
    session: AsyncSession,
    *,
    direction: Direction | None = None,
    active_only: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> Part[Peer]:
    """A page of the neighbouring nodes by id."""
    query = select_rows(Peer)
    if direction:
        query = query.where(col(Peer.direction) == direction.value)
    if active_only:
        query = query.where(col(Peer.is_active))
    return await _BY_NODE.read(session, query, cursor=cursor, limit=limit)


async def find_year(session: AsyncSession, year: int, *, to_change: bool = False) -> CalendarYear | None:
    """A year of the calendar, once something was decided about it."""
    return await _one(session, CalendarYear, col(CalendarYear.year) == year, to_change=to_change)


async def list_years(session: AsyncSession) -> Sequence[CalendarYear]:
    """The years about which something was decided, in order."""
    return (await session.execute(select(CalendarYear).order_by(col(CalendarYear.year)))).scalars().all()


async def find_day(session: AsyncSession, on: Any) -> CalendarDayRow | None:
    """What was decided about a day."""
    return await _one(session, CalendarDayRow, col(CalendarDayRow.on) == on)


async def list_days(session: AsyncSession, first: Any, last: Any) -> Sequence[CalendarDayRow]:
    """The decided days from `first` to `last`, both included, in order."""
    query = select(CalendarDayRow).where(col(CalendarDayRow.on).between(first, last)).order_by(col(CalendarDayRow.on))
    return (await session.execute(query)).scalars().all()


async def list_unusual_days(session: AsyncSession, first: Any, *, count: int) -> Sequence[CalendarDayRow]:
    """The next decided days from `first` on."""
    query = select(CalendarDayRow).where(col(CalendarDayRow.on) >= first).order_by(col(CalendarDayRow.on)).limit(count)
    return (await session.execute(query)).scalars().all()


async def working_days(session: AsyncSession) -> WorkingDays:
    """The calendar as a pure value."""
    days = (await session.execute(select(CalendarDayRow))).scalars()
    years = await list_years(session)
    return WorkingDays({day.on: day.kind for day in days}, frozenset(one.year for one in years if one.is_announced))


async def _one(session: AsyncSession, table: type[Any], *conditions: Any, to_change: bool = False) -> Any:
    query = select(table).where(*conditions)
    if to_change:
        # A row read earlier in the same session must show what another writer committed since.
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().one_or_none()


async def _count(session: AsyncSession, table: type[Any], *conditions: Any) -> int:
    query = select(func.count()).select_from(table).where(*conditions)
    return int((await session.execute(query)).scalar_one())


def _contains(column: Any, text: str) -> Any:
    return col(column).contains(text, autoescape=True)
