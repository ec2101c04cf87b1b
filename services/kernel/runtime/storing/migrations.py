"""Schema migrations: one Alembic version table per service, the kernel's revisions first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from services.kernel.runtime.heard import organisation  # noqa: F401 - its tables belong to the kernel's schema
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.tables import KERNEL

SCRIPTS = Path(__file__).parent / "schema"


class SchemaStale(RuntimeError):
    """The database's schema is not the one this code was written for: run `migrate`."""


async def upgrade(database: Database, migrations: Path, *, to: Sequence[str] = ("heads",)) -> None:
    """Bring a service's schema to the newest revision, or to these, making file or schema first."""
    if database.is_sqlite:
        Path(database.url.database or "").parent.mkdir(parents=True, exist_ok=True)
    await _in_connection(database, lambda connection: _upgrade(connection, database, migrations, to))


async def current_revisions(database: Database) -> list[str]:
    """The revisions that the database stands at, sorted."""
    found: set[str] = set()

    def read(connection: Connection) -> None:
        found.update(MigrationContext.configure(connection).get_current_heads())

    await _in_connection(database, read)
    return sorted(found)


async def require_current(database: Database, migrations: Path) -> None:
    """Refuse to go on with a stale schema.

    Raises:
        SchemaStale: The revision in the database is not the newest.
    """
    wanted = set(ScriptDirectory.from_config(_config(migrations)).get_heads())
    found = set(await current_revisions(database))
    if found != wanted:
        raise SchemaStale(
            f"{database.service}: database has {sorted(found)}, code wants {sorted(wanted)}; run `migrate`"
        )


async def differences(database: Database, metadata: MetaData) -> list[Any]:
    """What the migrated schema and the table classes disagree on; empty when they are equal."""
    found: list[Any] = []

    def compare(connection: Connection) -> None:
        context = MigrationContext.configure(
            connection, opts={"include_name": _is_ours, "compare_type": False, "target_metadata": [KERNEL, metadata]}
        )
        found.extend(compare_metadata(context, [KERNEL, metadata]))  # type: ignore[arg-type]

    await _in_connection(database, compare)
    return found


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Search indexes are made by hand-written statements and have no table class."""
    parts = ("_fts", "_keys", "_terms", "sqlite_", "alembic_version")
    return kind != "table" or not any(part in (name or "") for part in parts)


def _upgrade(connection: Connection, database: Database, migrations: Path, to: Sequence[str]) -> None:
    if not database.is_sqlite:
        connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{database.service}"'))
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    config = _config(migrations)
    config.attributes["connection"] = connection
    for revision in to:
        command.upgrade(config, revision)


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", f"{SCRIPTS / 'versions'}:{migrations / 'versions'}")
    return config


async def _in_connection(database: Database, act: Callable[[Connection], None]) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(act)
