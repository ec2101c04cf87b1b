"""A small service whose every effect can be counted: it notes each fact and passes it on as a second one."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from services.kernel.language.events.directory import OfficerAppointed, UnitRegistered
from services.kernel.runtime.service import Service, ServiceContext, Worker
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.tables import INBOX_WAITING, OUTBOX
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.clock import pause
from services.kernel.runtime.telling.inbox import ListensTo
from tests.integration.kernel.toy import APPLIED, METADATA, note, unit
from tests.support.service import unit_id

KEYS = [f"key-{n}" for n in range(8)]
A_TRANSACTION = 5
MIGRATIONS = Path(__file__).parents[1] / "integration" / "kernel" / "toy_migrations"


async def note_and_pass_on(tx: Transaction, fact: UnitRegistered) -> None:
    """Note the unit and tell one fact more, so that a handling done twice would show twice."""
    await note(tx, fact)
    tx.tell(OfficerAppointed(officer_id=fact.unit_id, name=fact.name, unit_id=fact.unit_id, roles=()))


async def note_passed_on(tx: Transaction, fact: OfficerAppointed) -> None:
    """Note the second fact under a key of its own."""
    await tx.session.execute(insert(APPLIED).values(key=f"p:{fact.key}", name=fact.name))


LISTENS_TO: ListensTo = {
    "directory.unit": {UnitRegistered: note_and_pass_on},
    "directory.officer": {OfficerAppointed: note_passed_on},
}


def counting_service(*, workers: tuple[Worker, ...] = (), listens_to: ListensTo = LISTENS_TO) -> Service:
    """The service under a real one's name, so that the topics are its own."""
    return Service(
        name="directory", title="试验", metadata=METADATA, migrations=MIGRATIONS,
        tells=(UnitRegistered, OfficerAppointed), listens_to=listens_to, workers=workers,
    )  # fmt: skip


def teller(total: int, pause_s: float = 0.005) -> Worker:
    """A worker that goes on telling until `total` facts are told, whoever told the first of them."""

    async def tell_on(context: ServiceContext, stop: asyncio.Event) -> None:
        while not stop.is_set():
            told = await count_told(context.database)
            if told >= total:
                await stop.wait()
                return
            await tell(context.database, context, range(told, min(told + A_TRANSACTION, total)))
            await pause(stop, pause_s)

    return tell_on


async def tell(database: Database, context: ServiceContext | Any, numbers: range | list[int]) -> None:
    """Tell one fact per number in one transaction, spread over the keys; the number is its name."""
    async with database.transaction(context.clock()) as tx:
        for n in numbers:
            tx.tell(unit(KEYS[n % len(KEYS)], str(n)))


async def count_told(database: Database) -> int:
    """How many first facts are told."""
    async with database.reading() as session:
        query = select(func.count()).where(OUTBOX.c.topic.like("%.directory.unit"))
        return int((await session.execute(query)).scalar_one())


@dataclass(frozen=True)
class Account:
    """What was told, what was applied, and what still waits, by key and in order."""

    told: dict[str, list[str]]
    applied: dict[str, list[str]]
    passed_on: dict[str, list[str]]
    unpublished: int
    waiting: list[tuple[str, str]]

    @property
    def is_settled(self) -> bool:
        """Whether everything told has taken effect, with what it caused."""
        count = sum(map(len, self.told.values()))
        return self.unpublished == 0 and all(
            sum(map(len, found.values())) >= count for found in (self.applied, self.passed_on)
        )

    def check(self, total: int) -> None:
        """Told and applied are the same sets, nothing is there twice, and each key kept its order."""
        for name, found in (("applied", self.applied), ("passed on", self.passed_on)):
            told = {(key, one) for key, many in self.told.items() for one in many}
            counts = Counter((key, one) for key, many in found.items() for one in many)
            assert told - counts.keys() == set(), f"told but not {name}"
            assert counts.keys() - told == set(), f"{name} but not told"
            assert {place for place, count in counts.items() if count > 1} == set(), f"{name} twice"
            assert found == self.told, f"{name} in another order"
        assert sum(map(len, self.told.values())) == total
        assert self.waiting == []
        assert self.unpublished == 0


async def take_account(database: Database) -> Account:
    """Read the books of one service's database."""
    told: dict[str, list[str]] = {}
    applied: dict[str, list[str]] = {}
    passed_on: dict[str, list[str]] = {}
    async with database.reading() as session:
        query = select(OUTBOX.c.key, OUTBOX.c.body).where(OUTBOX.c.topic.like("%.directory.unit"))
        for key, body in await session.execute(query.order_by(OUTBOX.c.key, OUTBOX.c.sequence)):
            told.setdefault(key, []).append(json.loads(body)["name"])
        for row in await session.execute(select(APPLIED).order_by(APPLIED.c.id)):
            found = passed_on if row.key.startswith("p:") else applied
            found.setdefault(row.key.removeprefix("p:"), []).append(row.name)
        unpublished = select(func.count()).where(OUTBOX.c.published_at.is_(None))
        waiting = select(INBOX_WAITING.c.kind, INBOX_WAITING.c.reason)
        return Account(
            told,
            applied,
            passed_on,
            int((await session.execute(unpublished)).scalar_one()),
            [(kind, reason) for kind, reason in await session.execute(waiting)],
        )


def key_of(name: str) -> str:
    """The key on the wire of one of KEYS."""
    return str(unit_id(name))
