"""A node's PostgreSQL schemas out to files and in again, by COPY: no program of PostgreSQL's is needed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.kernel.runtime.storing.database import Database

SCHEMA_FILE = "schema.json"

_TABLES = """
SELECT c.oid, c.relname AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname <> 'alembic_version' ORDER BY c.relname
"""
_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""
_REFERENCES = "SELECT confrelid FROM pg_constraint WHERE conrelid = $1 AND contype = 'f' AND confrelid <> conrelid"
_SEQUENCES = "SELECT sequencename AS name, last_value FROM pg_sequences WHERE schemaname = $1"


@dataclass(frozen=True)
class _Table:
    oid: int
    name: str
    columns: tuple[str, ...]
    refers_to: frozenset[int]


async def copy_schemas(database: Database, schemas: Sequence[str], folder: Path) -> list[Path]:
    """Write every table of these schemas to a file, all as of one moment."""
    written: list[Path] = []
    async with _driver(database) as connection:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for schema in schemas:
            written += await _copy_schema(connection, schema, _new_folder(folder / schema))
        await connection.execute("COMMIT")
    return written


async def fill_schema(database: Database, schema: str, folder: Path) -> None:
    """Put the rows back into the empty tables of a schema that stands at the backup's revision."""
    kept = json.loads((folder / SCHEMA_FILE).read_bytes())
    async with _driver(database) as connection, connection.transaction():
        for table in reversed(kept["tables"]):
            await connection.execute(f'DELETE FROM "{schema}"."{table["name"]}"')  # noqa: S608 - names from the catalogue
        for table in kept["tables"]:
            await connection.copy_to_table(
                table["name"], schema_name=schema, columns=table["columns"], source=folder / f"{table['name']}.copy"
            )
        for name, last in kept["sequences"].items():
            if last is not None:
                await connection.execute("SELECT setval($1::text::regclass, $2)", f'"{schema}"."{name}"', last)


async def _copy_schema(connection: Any, schema: str, folder: Path) -> list[Path]:
    tables = _referred_first([await _table(connection, row) for row in await connection.fetch(_TABLES, schema)])
    sequences = {row["name"]: row["last_value"] for row in await connection.fetch(_SEQUENCES, schema)}
    kept = {"tables": [{"name": one.name, "columns": one.columns} for one in tables], "sequences": sequences}
    (folder / SCHEMA_FILE).write_text(json.dumps(kept), encoding="utf-8")
    for table in tables:
        columns = ", ".join(f'"{name}"' for name in table.columns)
        query = f'SELECT {columns} FROM "{schema}"."{table.name}"'  # noqa: S608 - names from the catalogue
        await connection.copy_from_query(query, output=folder / f"{table.name}.copy")
    return [folder / SCHEMA_FILE, *(folder / f"{table.name}.copy" for table in tables)]


def _new_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _table(connection: Any, row: Any) -> _Table:
    columns = [found["attname"] for found in await connection.fetch(_COLUMNS, row["oid"])]
    refers_to = [found["confrelid"] for found in await connection.fetch(_REFERENCES, row["oid"])]
    return _Table(row["oid"], row["name"], tuple(columns), frozenset(refers_to))


def _referred_first(tables: Sequence[_Table]) -> list[_Table]:
    """The tables in an order in which every row finds the row that it refers to."""
    ordered: list[_Table] = []
    left = list(tables)
    while left:
        done = {table.oid for table in ordered}
        ready = [table for table in left if table.refers_to <= done]
        if not ready:
            raise ValueError(f"tables refer to each other in a ring: {', '.join(table.name for table in left)}")
        ordered += ready
        left = [table for table in left if table not in ready]
    return ordered


@asynccontextmanager
async def _driver(database: Database) -> AsyncIterator[Any]:
    """The driver's own connection, which knows COPY."""
    async with database.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        try:
            yield raw
        finally:
            if raw is not None and raw.is_in_transaction():
                await asyncio.shield(raw.execute("ROLLBACK"))
