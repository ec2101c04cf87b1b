"""How a fact comes to stand in an item's history: told here, or heard from elsewhere; and the head that every fact bears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import col, func, select

from services.kernel.language.events.parts import LAST_ORDINAL, Fact, Hop, Item, SubmissionFact
from services.kernel.language.timeline import in_order, timeline_entry
from services.kernel.runtime.passage.table import HistoryLine
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction

Line = TypeVar("Line", bound=HistoryLine)


async def tell_and_note(tx: Transaction, table: type[HistoryLine], fact: SubmissionFact) -> None:
    """Tell a fact with its place after all that is known here of its item, and keep its line.

    Raises:
        FactTooLarge: Above 900 KB on the wire.
    """
    placed = fact.model_copy(update={"ordinal": await next_ordinal(tx.session, table, fact.item.origin_id)})
    event_id = tx.tell(placed)
    line = await new_line(tx, table, placed, event_id=event_id)
    if line is not None:
        tx.session.add(line)


async def new_line(tx: Transaction, table: type[Line], fact: Fact, *, event_id: str = "") -> Line | None:
    """The line that a fact adds to its item's history, not saved yet.

    None when this very event was noted before, so that nothing more is to be done, or adds no line.
    """
    place, entry = fact.place, timeline_entry(fact)
    event_id = event_id or (tx.cause.id if tx.cause else "")
    if place is None or entry is None or (event_id and await _is_noted(tx.session, table, event_id)):
        return None
    return table(origin_id=place.origin_id, event_id=event_id or None, **asdict(entry))


async def next_ordinal(session: AsyncSession, table: type[HistoryLine], origin_id: UUID) -> int:
    """The place after everything that is known here of the item; 1 for the first."""
    await session.flush()
    query = select(func.max(table.ordinal)).where(col(table.origin_id) == origin_id)
    last = (await session.exec(query)).one()
    return min(max(last or 0, 0) + 1, LAST_ORDINAL)


async def list_history(session: AsyncSession, table: type[Line], origin_id: UUID) -> list[Line]:
    """The item's history, newest last."""
    return in_order(await session.exec(select(table).where(col(table.origin_id) == origin_id)))


def head_of(row: Any, *, hop: int, hops: Sequence[Hop] | None = None) -> Item:
    """The head of a fact about an item as its row stands; `hop` is where the fact happens."""
    names = ("origin_id", "info_type", "title", "origin_node", "unit_id", "unit_name", "system", "co_units", "number")
    values = {name: getattr(row, name) for name in names}
    return Item.model_validate(
        values | {"version": row.submission_version, "hop": hop, "hops": row.hops if hops is None else hops}
    )


async def _is_noted(session: AsyncSession, table: type[HistoryLine], event_id: str) -> bool:
    query = select(table.id).where(col(table.event_id) == event_id).limit(1)
    return (await session.exec(query)).first() is not None
