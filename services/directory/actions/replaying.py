"""After a restore from a backup: what the directory told since comes back into its own tables.

A snapshot carries the version of its row, so one that is no newer than the row changes nothing.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.directory import store
from services.directory.actions.turns import take_administration_turn, take_turn
from services.directory.model import CalendarDayRow, CalendarYear, NodeProfile, Officer, Peer, Unit
from services.directory.policy import calendar as policy
from services.directory.policy import replays
from services.kernel.language.events.directory import (
    CalendarDaySet,
    OfficerAppointed,
    PeerRegistered,
    SessionEnded,
    UnitRegistered,
)
from services.kernel.language.vocabulary import Lane, Level, UnitKind
from services.kernel.runtime.heard.ended import note_ended_sessions
from services.kernel.runtime.storing.transaction import Transaction


async def bring_back_unit(tx: Transaction, fact: UnitRegistered) -> None:
    """A unit as it was told; this node's own office founds the node's profile where there is none."""
    await take_administration_turn(tx)
    unit = await store.find_unit(tx.session, fact.unit_id, to_change=True)
    if unit and replays.is_known(unit.version, fact.version):
        return
    namesake = await store.find_unit_named(tx.session, fact.name)
    is_taken = namesake is not None and namesake.unit_id != fact.unit_id
    values = fact.model_dump() | {"name": replays.told_apart(fact.name, fact.unit_id) if is_taken else fact.name}
    _put(tx, unit or Unit(**values), values)
    if fact.kind is UnitKind.HEAD_OFFICE and await store.find_profile(tx.session, tx.node.node_id) is None:
        tx.session.add(NodeProfile(node_id=tx.node.node_id, head_office_id=fact.unit_id))
    tx.signal("organisation")


async def bring_back_officer(tx: Transaction, fact: OfficerAppointed) -> None:
    """An officer as told; one who is unknown here comes back without a password, which no fact carries."""
    await take_administration_turn(tx)
    officer = await store.find_officer(tx.session, fact.officer_id, to_change=True)
    if officer and replays.is_known(officer.version, fact.version):
        return
    await _require_unit(tx, fact.unit_id)
    values = fact.model_dump() | {"roles": frozenset(fact.roles)}
    if officer is None:
        officer = Officer(**values | {"username": await _free_username(tx, fact)})
    _put(tx, officer, {name: value for name, value in values.items() if name != "username"})
    if not officer.is_active:
        await store.revoke_sessions(tx.session, officer.officer_id, tx.now)
    tx.signal("organisation")


async def bring_back_end(tx: Transaction, fact: SessionEnded) -> None:
    """Sign-ins that the backup has in force, and that had ended before the loss."""
    await store.revoke_these(tx.session, fact.session_ids, fact.ended_at)
    await note_ended_sessions(tx, fact)


async def bring_back_peer(tx: Transaction, fact: PeerRegistered) -> None:
    """A neighbouring node as it was told."""
    await take_administration_turn(tx)
    peer = await store.find_peer(tx.session, fact.peer, to_change=True)
    if peer and replays.is_known(peer.version, fact.version):
        return
    values = fact.model_dump(exclude={"peer"}) | {"lanes": frozenset(Lane(lane) for lane in fact.lanes)}
    values["unit_name"] = fact.unit_name or (peer.unit_name if peer else fact.name)
    _put(tx, peer or Peer(node_id=fact.peer, **values), values)
    tx.signal("organisation")


async def bring_back_day(tx: Transaction, fact: CalendarDaySet) -> None:
    """A decided day, and whether its year is announced; the days of one announcement share a version."""
    await take_turn(tx, "calendar")
    year = await store.find_year(tx.session, fact.day.year, to_change=True)
    if year and 0 < fact.version < year.version:
        return
    year = year or CalendarYear(year=fact.day.year)
    year.is_announced, year.version = fact.year_announced, max(year.version, fact.version)
    kind = fact.kind or policy.kind_of(fact.day, is_worked=fact.is_working)
    day = await store.find_day(tx.session, fact.day) or CalendarDayRow(on=fact.day, kind=kind)
    day.kind, day.name = kind, fact.label
    tx.session.add_all([year, day])
    await tx.session.flush()
    tx.signal("calendar")


async def _require_unit(tx: Transaction, unit_id: UUID) -> None:
    """An officer's unit is there; until its own fact comes it is a stub that any snapshot replaces."""
    if await store.find_unit(tx.session, unit_id) is None:
        name = replays.told_apart("待补登单位", unit_id)
        unit = Unit(
            unit_id=unit_id, name=name, short_name=name, kind=UnitKind.BUREAU, level=Level(tx.node.level),
            node_id=tx.node.node_id, version=0,
        )  # fmt: skip
        tx.session.add(unit)
        await tx.session.flush()


async def _free_username(tx: Transaction, fact: OfficerAppointed) -> str:
    is_free = fact.username and await store.find_officer_named(tx.session, fact.username) is None
    return fact.username if is_free else f"officer-{fact.officer_id.hex[-12:]}"


def _put(tx: Transaction, row: Any, values: dict[str, Any]) -> None:
    """Give the row what the fact says; a fact of before versions were carried counts as the next one."""
    version = values.get("version") or (row.version if row in tx.session else 0) + 1
    for name, value in (values | {"version": version}).items():
        setattr(row, name, value)
    tx.session.add(row)
