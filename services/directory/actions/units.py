"""Found the office of a node, register units, change them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.directory import store
from services.directory.actions.admitting import Acting, admit
from services.directory.actions.turns import take_administration_turn
from services.directory.model import NewUnit, NodeProfile, PeerCardUnit, ProfileChange, Unit, UnitChange
from services.directory.policy import units as policy
from services.directory.policy.administration import Administration
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.refusal import NotFound, StaleVersion
from services.kernel.language.vocabulary import Level, UnitKind
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import new_id


async def found_office(tx: Transaction, new: NewUnit, profile: ProfileChange | None = None) -> Unit:
    """Register the node's own office and what the node says of itself; once per node."""
    office = await register_unit(tx, new, by=None)
    said = (profile or ProfileChange()).model_dump()
    tx.session.add(NodeProfile(node_id=tx.node.node_id, head_office_id=office.unit_id, **said))
    return office


async def change_profile(tx: Transaction, change: ProfileChange, *, version: int, by: Acting) -> NodeProfile:
    """Change the hierarchy this node belongs to, or whom its officers call.

    Raises:
        NotPermitted: The officer is no administrator.
    """
    ref = admit(by, Administration.CHANGE_UNITS)
    await take_administration_turn(tx)
    profile = await store.find_profile(tx.session, tx.node.node_id)
    if profile is None:
        raise NotFound
    if profile.version != version:
        raise StaleVersion(version=profile.version)
    changed = differing(profile, change.given())
    if changed:
        _apply(profile, changed)
        tx.audit("directory.profile.change", tx.node.node_id, by=ref, details=changed)
    return profile


async def register_unit(tx: Transaction, new: NewUnit, *, by: Acting) -> Unit:
    """Register a unit of this node: its office (once), a bureau or a hosted unit.

    Raises:
        NotPermitted: The officer is no administrator.
    """
    ref = admit(by, Administration.CHANGE_UNITS)
    await take_administration_turn(tx)
    office = await store.find_head_office(tx.session)
    policy.require_registrable(new.kind, head_office_exists=office is not None)
    await _require_name_free(tx, new.name)
    level = policy.level_of(new.kind, tx.node.level)
    unit = Unit(
        unit_id=new.unit_id or new_id(),
        name=new.name,
        short_name=new.short_name or new.name,
        kind=new.kind,
        level=level,
        ranking_group=new.ranking_group or policy.ranking_group_of(new.kind, level),
        org_code=new.org_code,
        node_id=tx.node.node_id,
    )
    tx.session.add(unit)
    _tell(tx, unit)
    tx.audit("directory.unit.register", unit.unit_id, by=ref, details={"name": unit.name, "kind": unit.kind.value})
    return unit


async def register_subordinate(
    tx: Transaction, card: PeerCardUnit, *, node_id: str, level: Level, by: OfficerRef | None
) -> Unit:
    """Keep the office of a subordinate node under the id that it has at home."""
    unit = await store.find_unit(tx.session, card.unit_id, to_change=True)
    if unit:
        policy.require_same_subordinate(unit.kind, unit.node_id, node_id=node_id)
    if unit is None:
        await _require_name_free(tx, card.name)
        unit = Unit(
            unit_id=card.unit_id,
            name=card.name,
            short_name=card.short_name,
            kind=UnitKind.SUBORDINATE,
            level=level,
            ranking_group=policy.ranking_group_of(UnitKind.SUBORDINATE, level),
            org_code=card.org_code,
            node_id=node_id,
        )
        tx.session.add(unit)
    else:
        await _require_name_free(tx, card.name, besides=unit.unit_id)
        unit.name, unit.org_code, unit.is_active = card.name, card.org_code, True
        unit.version += 1
    _tell(tx, unit)
    tx.audit("directory.unit.register", unit.unit_id, by=by, details={"name": unit.name, "node_id": node_id})
    return unit


async def change_unit(tx: Transaction, unit_id: UUID, change: UnitChange, *, version: int, by: Acting) -> Unit:
    """Change what was given; a unit with active officers stays active.

    Raises:
        NotPermitted: The officer is no administrator.
    """
    ref = admit(by, Administration.CHANGE_UNITS)
    await take_administration_turn(tx)
    unit = await store.find_unit(tx.session, unit_id, to_change=True)
    if unit is None:
        raise NotFound
    if unit.version != version:
        raise StaleVersion(version=unit.version)
    changed = differing(unit, change.given())
    if "kind" in changed:
        policy.require_kind_change(unit.kind, changed["kind"])
    if "name" in changed:
        await _require_name_free(tx, changed["name"], besides=unit_id)
    if "is_active" in changed:
        officers = await store.count_officers_in(tx.session, unit_id)
        if blocker := policy.activity_blocker(unit.kind, is_active=changed["is_active"], officers=officers):
            raise blocker
    if changed:
        _apply(unit, changed)
        _tell(tx, unit)
        tx.audit("directory.unit.change", unit_id, by=ref, details=changed)
    return unit


async def set_subordinate_active(tx: Transaction, unit_id: UUID, *, is_active: bool) -> None:
    """The unit of a subordinate node is active as long as its node is a neighbour."""
    unit = await store.find_unit(tx.session, unit_id, to_change=True)
    if unit and unit.is_active != is_active:
        _apply(unit, {"is_active": is_active})
        _tell(tx, unit)


def differing(row: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The given fields whose value is not already the row's."""
    return {name: value for name, value in given.items() if getattr(row, name) != value}


def _apply(row: Unit | NodeProfile, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1


async def _require_name_free(tx: Transaction, name: str, *, besides: UUID | None = None) -> None:
    other = await store.find_unit_named(tx.session, name)
    if other and other.unit_id != besides:
        raise policy.UnitNameTaken


def _tell(tx: Transaction, unit: Unit) -> None:
    tx.tell(
        UnitRegistered(
            unit_id=unit.unit_id,
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            level=unit.level,
            ranking_group=unit.ranking_group,
            org_code=unit.org_code,
            node_id=unit.node_id,
            is_active=unit.is_active,
            version=unit.version,
        )
    )
    tx.signal("organisation")
