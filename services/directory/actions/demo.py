"""The made-up world of the demo: one office a node, the district's bureaus, one officer a role."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from services.directory import store
from services.directory.actions import days, officers, units
from services.directory.model import NewOfficer, NewUnit, ProfileChange
from services.directory.policy.sign_in import DEMO_PASSWORD
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import UnitKind
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import derived_id
from services.kernel.runtime.surroundings.settings import Settings

_WORLD = Path(__file__).parents[1] / "defaults" / "demo.yaml"


def demo_unit_id(node_id: str, slug: str = "office") -> UUID:
    """The id of a unit of the demo, the same on every machine: `office`, `water`, `agriculture`."""
    return derived_id("demo", node_id, "unit", slug)


def demo_officer_id(node_id: str, username: str) -> UUID:
    """The id of an officer of the demo, the same on every machine."""
    return derived_id("demo", node_id, "officer", username)


async def seed_demo(tx: Transaction, settings: Settings) -> None:
    """Register what is missing of this node's part of the demo; a second call changes nothing.

    Raises:
        DemoAccountRefused: The node is not a demo node.
        NotFound: The demo knows no node of this id.
    """
    world = _world_of(settings.node_id)
    office = world["office"]
    password_hash = officers.hash_of_good(DEMO_PASSWORD, username="", name="", demo=settings.demo)
    if await store.find_head_office(tx.session) is None:
        profile = ProfileChange.model_validate(world["profile"])
        await units.found_office(tx, _unit(settings.node_id, office, UnitKind.HEAD_OFFICE), profile)
    for bureau in world.get("bureaus", ()):
        if await store.find_unit(tx.session, demo_unit_id(settings.node_id, bureau["slug"])) is None:
            await units.register_unit(tx, _unit(settings.node_id, bureau, UnitKind.BUREAU), by=None)
    await tx.session.flush()
    for number, said in enumerate(_officers(world), start=1):
        if await store.find_officer_named(tx.session, said["username"]) is None:
            new = _officer(settings.node_id, said, phone=f"{world['phone_prefix']}{number:02}")
            await officers.appoint_officer(tx, new, password_hash=password_hash, by=None)
    await days.seed_calendar(tx)


def _world_of(node_id: str) -> dict[str, Any]:
    worlds: dict[str, dict[str, Any]] = yaml.safe_load(_WORLD.read_text(encoding="utf-8"))
    if node_id not in worlds:
        raise NotFound(f"演示内容里没有节点“{node_id}”，只有 {'、'.join(worlds)}。")
    return worlds[node_id]


def _officers(world: dict[str, Any]) -> list[dict[str, Any]]:
    """The officers of the office, then those of each bureau, each with the slug of the unit."""
    places = [world["office"] | {"slug": "office"}, *world.get("bureaus", ())]
    return [said | {"slug": place["slug"]} for place in places for said in place.get("officers", ())]


def _unit(node_id: str, said: dict[str, Any], kind: UnitKind) -> NewUnit:
    return NewUnit(
        unit_id=demo_unit_id(node_id, said.get("slug", "office")),
        name=said["name"],
        short_name=said["short_name"],
        org_code=said.get("org_code", ""),
        kind=kind,
    )


def _officer(node_id: str, said: dict[str, Any], *, phone: str) -> NewOfficer:
    return NewOfficer(
        officer_id=demo_officer_id(node_id, said["username"]),
        username=said["username"],
        name=said["name"],
        section=said.get("section", ""),
        phone=phone,
        unit_id=demo_unit_id(node_id, said["slug"]),
        roles=frozenset([said["role"]]),
    )
