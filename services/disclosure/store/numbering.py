"""Serials of index numbers: one statement, so that two publishers never get the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from services.disclosure.model import IndexCounter, Information, PublicInformation
from services.disclosure.policy import keeps_number, marked_as_double
from services.kernel.runtime.storing.session import AsyncSession


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


async def raise_serial(session: AsyncSession, scope: str, serial: int) -> None:
    """A number with this serial went out: the scope's next one is higher."""
    table: Table = IndexCounter.__table__
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    higher = case((table.c.serial < serial, serial), else_=table.c.serial)
    row = dialect.insert(table).values(scope=scope, serial=serial)
    await session.execute(row.on_conflict_do_update(index_elements=["scope"], set_={"serial": higher}))


async def settle_index_no(
    session: AsyncSession,
    kept: type[Information | PublicInformation],
    index_no: str,
    *,
    information_id: UUID,
    published_at: datetime | None,
) -> str:
    """The number under which a text stands here. Of two that went out under one, the first published keeps it.

    Office and portal come to the same answer, whichever of the two texts they learn of first.
    """
    doubles = select(kept).where(col(kept.index_no) == index_no, col(kept.information_id) != information_id)
    other = (await session.exec(doubles)).first()
    if other is None:
        return index_no
    if not keeps_number((published_at, information_id), (other.published_at, other.information_id)):
        return marked_as_double(index_no, information_id)
    other.index_no = marked_as_double(index_no, other.information_id)
    session.add(other)
    await session.flush()
    return index_no
