"""Migrated, empty databases in a moment: what the migrations once made is copied, a file or a template database."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL

from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.migrations import upgrade

Wanted = tuple[Database, Path]
"""A service's database and the folder of its migrations."""

_FILES: dict[Path, bytes] = {}
_TEMPLATES: dict[tuple[object, ...], str] = {}


async def make_schemas(wanted: Sequence[Wanted]) -> None:
    """Bring the databases of one node to the newest schema; those that are there are migrated, others made as a copy."""
    if all(database.is_sqlite for database, _ in wanted):
        for database, migrations in wanted:
            await _make_file(database, migrations)
    else:
        await _make_database(wanted)


async def _make_file(database: Database, migrations: Path) -> None:
    file = Path(database.url.database or "")
    if _copied(migrations, file):
        return
    await upgrade(database, migrations)
    with closing(sqlite3.connect(file)) as connection:
        _FILES.setdefault(migrations, connection.serialize())


def _copied(migrations: Path, file: Path) -> bool:
    if migrations not in _FILES or file.exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_FILES[migrations])
    return True


async def make_room(url: URL, *, like: str = "template1") -> bool:
    """Make the PostgreSQL database itself, an empty one or a copy of another; False when it is there, and for SQLite."""
    if url.get_backend_name() == "sqlite":
        return False
    address = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(f'CREATE DATABASE "{url.database}" TEMPLATE "{like}"')
    except asyncpg.DuplicateDatabaseError:
        return False
    finally:
        await connection.close()
    return True


async def _make_database(wanted: Sequence[Wanted]) -> None:
    url = wanted[0][0].url
    kind = (url.host, url.port, *((database.service, migrations) for database, migrations in wanted))
    template = _TEMPLATES.get(kind)
    is_new = await make_room(url, like=template or "template1")
    if is_new and template:
        return
    for database, migrations in wanted:
        await upgrade(database, migrations)
    if is_new:
        for database, _ in wanted:
            await database.engine.dispose()  # a database is copied only while nobody is connected
        _TEMPLATES[kind] = f"template_{secrets.token_hex(6)}"
        await make_room(url.set(database=_TEMPLATES[kind]), like=str(url.database))
