"""Serials of index numbers: one statement, so that two publishers never get the same."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from services.disclosure.model import IndexCounter
from services.kernel.runtime.session import AsyncSession


async def next_serial(session: AsyncSession, scope: str) -> int:
    """The next serial of a scope; a rolled-back publication leaves no trace, a committed one is never repeated."""
    table: Table = IndexCounter.__table__
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    raised = (
        dialect.insert(table)
        .values(scope=scope, serial=1)
        .on_conflict_do_update(index_elements=["scope"], set_={"serial": table.c.serial + 1})
        .returning(table.c.serial)
    )
    return int((await session.execute(raised)).scalar_one())
