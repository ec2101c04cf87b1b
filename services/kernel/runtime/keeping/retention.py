"""What need not be kept any more: old facts lose their data and stay as marks, old answers are forgotten.

A fact is never deleted from the outbox. Its number stays, so that counters and cursors hold, and
so does its id, so that it is never told twice; published again, it moves the cursor and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import bindparam, delete, func, select, tuple_, update

from services.kernel.runtime.outbox import attributes_of, envelope_of
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.tables import ANSWERED_REQUEST, KEEPING, OUTBOX
from services.kernel.runtime.transaction import Transaction

AGED = "aged"
BATCH = 200
_OUTBOX = "outbox"


async def empty_aged_facts(tx: Transaction, before: datetime) -> int:
    """Take the data from the next published facts told before an instant; how many rows were looked at.

    The first that is younger ends it: what was told behind it with a clock that was set back is
    younger too. What has not left yet keeps its data, and of the directory's facts the newest about each unit,
    officer, neighbour and day: a new listener learns from them what there is.
    """
    reached = await reached_by(tx.session, _OUTBOX)
    query = select(OUTBOX).where(OUTBOX.c.id > reached).order_by(OUTBOX.c.id).limit(BATCH)
    rows = list(takewhile(lambda row: row.told_at < before, await tx.session.execute(query)))
    if not rows:
        return 0
    registers = [row for row in rows if row.topic.startswith(f"{tx.node.node_id}.directory.")]
    newest = await _newest_of(tx.session, registers)
    await empty_facts(tx, [row for row in rows if row.published_at is not None and row.id not in newest], AGED)
    await note_reached(tx.session, _OUTBOX, rows[-1].id)
    return len(rows)


async def empty_facts(tx: Transaction, rows: Sequence[Any], why: str) -> None:
    """Take the data from these outbox rows for good; id, number, type and times stay."""
    marks = [{"row_id": row.id, "kept": emptied_attributes(row, why)} for row in rows]
    if marks:
        connection = await tx.session.connection()
        await connection.execute(_EMPTY, marks)


def emptied_attributes(row: Any, why: str) -> str:
    """The attributes of an outbox or waiting row once its data is gone."""
    return json.dumps(attributes_of(envelope_of(row)) | {"traceparent": "", "emptied": why}, ensure_ascii=False)


async def forget_answers(tx: Transaction, before: datetime) -> int:
    """Delete the oldest answers to requests with an Idempotency-Key that were given before an instant."""
    place = (ANSWERED_REQUEST.c.officer, ANSWERED_REQUEST.c.key)
    old = select(*place).where(ANSWERED_REQUEST.c.answered_at < before).limit(BATCH)
    done: Any = await tx.session.execute(delete(ANSWERED_REQUEST).where(tuple_(*place).in_(old)))
    return int(done.rowcount)


async def reached_by(session: AsyncSession, name: str) -> int:
    """How far a thinning-out has come: the last number it looked at."""
    found = await session.execute(select(KEEPING.c.reached).where(KEEPING.c.name == name))
    return int(found.scalar_one_or_none() or 0)


async def note_reached(session: AsyncSession, name: str, number: int) -> None:
    """Keep how far a thinning-out has come."""
    done: Any = await session.execute(update(KEEPING).where(KEEPING.c.name == name).values(reached=number))
    if not done.rowcount:
        await session.execute(KEEPING.insert().values(name=name, reached=number))


_EMPTY = update(OUTBOX).where(OUTBOX.c.id == bindparam("row_id")).values(attributes=bindparam("kept"), body=b"")


async def _newest_of(session: AsyncSession, rows: Sequence[Any]) -> set[int]:
    """The ids of the newest facts about the keys of these rows."""
    places = {(row.topic, row.key) for row in rows}
    if not places:
        return set()
    place = (OUTBOX.c.topic, OUTBOX.c.key)
    query = select(func.max(OUTBOX.c.id)).where(tuple_(*place).in_(places)).group_by(*place)
    return set((await session.execute(query)).scalars())
