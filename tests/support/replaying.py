"""A backup of one service's database, what was told after it, and that told again into the backup."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import MetaData, func, select

from services.kernel.language.envelope import Envelope, dataschema_of
from services.kernel.language.events import Fact, open_fact
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.outbox import envelope_of
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.telling.inbox import Handler


@asynccontextmanager
async def backup_of(database: Database) -> AsyncIterator[Database]:
    """A second database that holds what the first holds now."""
    await database.close()  # PostgreSQL copies a database only while nobody is connected; it opens again by itself
    name = f"backup_{uuid.uuid4().hex[:12]}"
    if database.is_sqlite:
        url = database.url.set(database=str(Path(str(database.url.database)).with_name(f"{name}.db")))
        with sqlite3.connect(str(database.url.database)) as source:
            source.execute("VACUUM INTO ?", (str(url.database),))
    else:
        await _as_postgres(database, f'CREATE DATABASE "{name}" TEMPLATE "{database.url.database}"')
        url = database.url.set(database=name)
    copy = Database(url, service=database.service, node=database.node)
    try:
        yield copy
    finally:
        await copy.close()
        if not database.is_sqlite:
            await _as_postgres(database, f'DROP DATABASE "{name}" WITH (FORCE)')


async def told_after(database: Database, *, last_id: int = 0) -> list[Envelope]:
    """What the service told after this row of its outbox, in order."""
    async with database.reading() as session:
        return [
            envelope_of(row)
            for row in await session.execute(select(OUTBOX).where(OUTBOX.c.id > last_id).order_by(OUTBOX.c.id))
        ]


async def last_told(database: Database) -> int:
    """The newest row of the outbox, 0 before the first."""
    async with database.reading() as session:
        return (await session.execute(select(func.max(OUTBOX.c.id)))).scalar_one() or 0


async def replay(service: Service, database: Database, envelopes: Sequence[Envelope]) -> None:
    """Give the service its own facts as a restore does: each in a transaction at the fact's own time, telling nothing."""
    for envelope in envelopes:
        fact = open_fact(envelope)
        handler: Handler = service.replays[type(fact)]
        async with database.transaction(envelope.time, cause=envelope) as tx:
            await handler(tx, fact)
            assert tx.told == [], f"a replay of {envelope.type} told something"


async def rows_of(
    database: Database, metadata: MetaData, *, without: Mapping[str, Collection[str]]
) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the service, sorted; `without` names columns by table, `*` a whole table."""
    found = {}
    async with database.reading() as session:
        for table in metadata.sorted_tables:
            left_out = without.get(table.name, ())
            if "*" in left_out:
                continue
            rows = (await session.execute(select(table))).mappings()
            kept = [{name: value for name, value in row.items() if name not in left_out} for row in rows]
            found[table.name] = sorted(kept, key=repr)
    return found


async def assert_it_comes_back(
    service: Service, metadata: MetaData, told: Sequence[Envelope],
    *, into: Database, like: Database, without: Mapping[str, Collection[str]],
) -> None:  # fmt: skip
    """What was told, replayed `into` a backup, gives the rows of the first; once more, it changes neither of them."""
    await replay(service, into, told)
    expected = await rows_of(like, metadata, without=without)
    assert await rows_of(into, metadata, without=without) == expected
    whole = await rows_of(into, metadata, without={})
    await replay(service, into, told)
    assert await rows_of(into, metadata, without={}) == whole
    await replay(service, like, told)
    assert await rows_of(like, metadata, without=without) == expected


async def lose(database: Database) -> None:
    """Leave nothing of the service's database behind; for SQLite the caller goes on in another folder."""
    if not database.is_sqlite:
        async with database.engine.begin() as connection:
            await connection.exec_driver_sql(f'DROP SCHEMA "{database.service}" CASCADE')
    await database.close()


async def _as_postgres(database: Database, statement: str) -> None:
    url = database.url
    connection = await asyncpg.connect(host=url.host, port=url.port, user=url.username, database="postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def envelope_for(fact: Fact, at: datetime, *, node: str, event_id: str = "") -> Envelope:
    """The envelope in which another teller's fact comes to the service."""
    return Envelope(
        id=event_id or str(new_id()), type=fact.TYPE, source=f"/{node}/test", time=at, subject=fact.key,
        dataschema=dataschema_of(fact.TYPE, fact.VERSION), node=node, level="", data=fact.model_dump_json().encode(),
        via=(node,), sequence=1, epoch=1,
    )  # fmt: skip


async def hear(service: Service, database: Database, topic: str, envelope: Envelope) -> None:
    """Let the service hear another teller's fact, at the fact's own time, as a restore does."""
    fact = open_fact(envelope)
    async with database.transaction(envelope.time, cause=envelope) as tx:
        await service.listens_to[topic][type(fact)](tx, fact)
