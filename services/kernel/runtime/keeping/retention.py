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

import structlog
from sqlalchemy import bindparam, delete, func, select, tuple_, update

from services.kernel.runtime.storing.outbox import attributes_of, envelope_of
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import ANSWERED_REQUEST, KEEPING, OUTBOX
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings import metrics

log = structlog.get_logger()

AGED = "aged"
BATCH = 200
_OUTBOX = "outbox"


async def empty_aged_facts(tx: Transaction, before: datetime, *, applied_to: int, at_last: datetime) -> int:
    """Take the data from the next published facts told before an instant; how many rows were looked at.

    The first that is younger ends it: what was told behind it with a clock that was set back is
    younger too. So does the first that a listener has not applied. What has not left yet keeps its data, and of
    the directory's facts the newest about each unit, officer, neighbour and day: a new listener learns from them
    what there is.

    Args:
        applied_to: The row up to which everything took effect at every listener.
        at_last: What was told before this goes in any case; what a listener had not applied is said aloud.
    """
    reached = await emptied_up_to(tx.session)
    query = select(OUTBOX).where(OUTBOX.c.id > reached).order_by(OUTBOX.c.id).limit(BATCH)
    rows = list(
        takewhile(
            lambda row: row.told_at < at_last or (row.told_at < before and row.id <= applied_to),
            await tx.session.execute(query),
        )
    )
    if not rows:
        return 0
    registers = [row for row in rows if row.topic.startswith(f"{tx.node.node_id}.directory.")]
    newest = await _newest_of(tx.session, registers)
    chosen = [row for row in rows if row.published_at is not None and row.id not in newest]
    await empty_facts(tx, chosen, AGED)
    _tell_of_lost(tx, [row for row in chosen if row.id > applied_to and row.body])
    await note_reached(tx.session, _OUTBOX, rows[-1].id)
    return len(rows)


async def emptied_up_to(session: AsyncSession) -> int:
    """The outbox row up to which what is old has lost its data."""
    return await reached_by(session, _OUTBOX)


def _tell_of_lost(tx: Transaction, rows: Sequence[Any]) -> None:
    """A listener was behind for so long that the data of these rows could not be kept for it."""
    if not rows:
        return
    found = {"count": len(rows), "first": rows[0].id, "last": rows[-1].id}
    tx.audit("outbox.emptied_unapplied", "*", by=None, details=found)
    metrics.KEEPING_LOST.labels(tx.node.node_id, tx.service).inc(len(rows))
    log.error("keeping.facts.emptied_unapplied", service=tx.service, **found)


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
