"""A small service for tests of the runtime: it counts what it is told about units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, String, Table, insert, select

from services.kernel.language.events.directory import UnitRegistered
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import Level, UnitKind
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.tables import service_metadata
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import ListensTo
from services.kernel.runtime.web.dependencies import Me, edge_router
from tests.support.service import unit_id

METADATA = service_metadata()
APPLIED = Table(
    "toy_applied",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(40), nullable=False),
    Column("name", String(200), nullable=False),
)


class PoisonRefused(Refusal):
    """The toy refuses names that begin with `refuse`."""

    code = "poison_refused"


async def note(tx: Transaction, fact: UnitRegistered) -> None:
    """Write the fact down; a name may ask for a refusal or a bug."""
    if fact.name.startswith("refuse"):
        raise PoisonRefused
    if fact.name.startswith("bug"):
        raise ZeroDivisionError(fact.name)
    await tx.session.execute(insert(APPLIED).values(key=fact.key, name=fact.name))


LISTENS_TO: ListensTo = {"directory.unit": {UnitRegistered: note}}


confirming = edge_router()
"""What a directory answers about whoever asks, whose token is taken at its word."""


@confirming.get("/api/v1/officers/me")
async def confirm(me: Me) -> dict[str, Any]:
    return {"roles": [role.value for role in me.roles]}


def toy_service(name: str = "directory") -> Service:
    """The toy under a real service's name, so that the topics are its own."""
    return Service(
        name=name, title="试验", metadata=METADATA, migrations=Path(__file__).parent / "toy_migrations",
        tells=(UnitRegistered,), listens_to=LISTENS_TO,
    )  # fmt: skip


def unit(key: str, name: str) -> UnitRegistered:
    """A fact about the unit `key` with a telling name."""
    return UnitRegistered(
        unit_id=unit_id(key), name=name, short_name=name, kind=UnitKind.BUREAU, level=Level.COUNTY,
        ranking_group="区直部门", node_id="district",
    )  # fmt: skip


async def applied(database: Database) -> dict[str, list[str]]:
    """What was applied, in order, by key."""
    found: dict[str, list[str]] = {}
    async with database.reading() as session:
        for row in await session.execute(select(APPLIED).order_by(APPLIED.c.id)):
            found.setdefault(row.key, []).append(row.name)
    return found
