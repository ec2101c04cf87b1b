"""Migrated, empty databases in a moment: what the migrations once made is copied, a file or a template database."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import asyncpg

from services.kernel.runtime.database import Database
from services.kernel.runtime.migrations import upgrade

Wanted = tuple[Database, Path]
"""A service's database and the folder of its migrations."""

_SCHEMAS = "SELECT count(*) FROM pg_namespace WHERE nspname NOT LIKE 'pg!_%' ESCAPE '!' AND nspname <> 'information_schema' AND nspname <> 'public'"
_FILES: dict[Path, bytes] = {}
_TEMPLATES: dict[tuple[object, ...], str] = {}


async def make_schemas(wanted: Sequence[Wanted]) -> None:
    """Bring the databases of one node to the newest schema; those with tables are migrated, empty ones get a copy."""
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


async def _make_database(wanted: Sequence[Wanted]) -> None:
    url = wanted[0][0].url
    kind = (url.host, url.port, *((database.service, migrations) for database, migrations in wanted))
    is_empty = await _is_empty(wanted)
    if is_empty and (template := _TEMPLATES.get(kind)):
        await _administer(wanted, f'DROP DATABASE "{url.database}"', _copy(url.database, template))
        return
    for database, migrations in wanted:
        await upgrade(database, migrations)
    if is_empty:
        template = f"template_{secrets.token_hex(6)}"
        for database, _ in wanted:
            await database.engine.dispose()
        await _administer(wanted, _copy(template, url.database))
        _TEMPLATES[kind] = template


def _copy(name: str | None, template: str | None) -> str:
    return f'CREATE DATABASE "{name}" TEMPLATE "{template}"'


async def _is_empty(wanted: Sequence[Wanted]) -> bool:
    connection = await asyncpg.connect(_address(wanted, wanted[0][0].url.database or ""))
    try:
        return not await connection.fetchval(_SCHEMAS)
    finally:
        await connection.close()


async def _administer(wanted: Sequence[Wanted], *statements: str) -> None:
    connection = await asyncpg.connect(_address(wanted, "postgres"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _address(wanted: Sequence[Wanted], name: str) -> str:
    return wanted[0][0].url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
