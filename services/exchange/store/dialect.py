"""Bulk statements that read alike on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from services.kernel.runtime.storing.session import AsyncSession


async def insert_rows(session: AsyncSession, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert all rows with one statement and a list of parameters."""
    if rows:
        connection = await session.connection()
        await connection.execute(insert(table.__table__), list(rows))


async def insert_unless_there(session: AsyncSession, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows whose key is not there yet."""
    if rows:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table.__table__).on_conflict_do_nothing()
        connection = await session.connection()
        await connection.execute(statement, list(rows))
