"""Bringing the outbox to what the broker holds: rows matched by id, forgotten facts taken back, taken numbers given anew."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select, text, update

from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.outbox import attributes_of, is_urgent_topic, slices
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import OUTBOX, OUTBOX_STATE, TAKEN_BACK
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.relay.memory import Found, compare, from_the_beginning
from services.kernel.runtime.telling.topics import TopicSeen


@dataclass(frozen=True)
class TakenBack:
    """What was found on the broker.

    `conflicts` are facts of the broker whose number another fact bore there before: they stay out.
    """

    forgotten: Sequence[Found]
    matched: int
    renumbered: int
    conflicts: Sequence[Found]


async def take_back(
    database: Database, bootstrap_servers: str, seen: Mapping[str, TopicSeen], *, now: datetime
) -> TakenBack:
    """Match rows with the broker's ids, take back what it holds and the outbox lacks, and begin a new epoch.

    The facts taken back are published once more, since listeners of this node may have been
    restored too; whoever has them drops the copy.
    """
    unmarked = await _unmarked(database)
    matched: dict[int, Found] = {}
    found: dict[str, Found] = {}
    async for run in compare(database, bootstrap_servers, from_the_beginning(seen)):
        matched |= {row_id: one for row_id, one in run.known if row_id in unmarked}
        for one in run.forgotten:
            found.setdefault(one.envelope.id, one)
    async with database.transaction(now) as tx:
        await _mark(tx, matched)
        forgotten, conflicts, takers = await _sort_out(tx.session, found.values())
        moved = await _take_out(tx.session, takers)
        for some in slices(forgotten, 200):
            await _put_back(tx.session, some)
        if forgotten or moved:
            await tx.session.execute(update(OUTBOX_STATE).values(epoch=OUTBOX_STATE.c.epoch + 1))
        await _number_again(tx.session, moved)
    return TakenBack(forgotten, len(matched), len(moved), conflicts)


async def _unmarked(database: Database) -> set[int]:
    """Rows of which the outbox does not know that they left: a mark may have been lost with the restore."""
    async with database.reading() as session:
        query = select(OUTBOX.c.id).where(OUTBOX.c.broker_offset.is_(None), OUTBOX.c.sequence > 0)
        return set((await session.execute(query)).scalars())


async def _mark(tx: Transaction, matched: Mapping[int, Found]) -> None:
    for row_id, one in matched.items():
        place = {"broker_partition": one.record.partition, "broker_offset": one.record.offset}
        left = update(OUTBOX).where(OUTBOX.c.id == row_id).values(published_at=tx.now, aside_reason=None, **place)
        await tx.session.execute(left)


async def _sort_out(session: AsyncSession, found: Any) -> tuple[list[Found], list[Found], dict[tuple[str, str], int]]:
    """Facts to take back, facts that stay out, and per key the first number that another row has to give up."""
    forgotten: dict[tuple[str, str, int], Found] = {}
    conflicts: list[Found] = []
    for one in sorted(found, key=lambda one: (one.record.topic, one.record.partition, one.record.offset)):
        if one.number in forgotten:
            conflicts.append(one)
        else:
            forgotten[one.number] = one
    takers: dict[tuple[str, str], int] = {}
    for row in await _rows_of(session, {key for _, key, _ in forgotten}):
        rival = forgotten.get((row.topic, row.key, row.sequence))
        if rival is None:
            continue
        if row.broker_offset is not None and row.broker_offset < rival.record.offset:
            conflicts.append(forgotten.pop(rival.number))  # the row's fact came first, and listeners have it
        else:
            takers.setdefault((row.topic, row.key), row.sequence)
    return sorted(forgotten.values(), key=lambda one: one.number), conflicts, takers


async def _rows_of(session: AsyncSession, keys: set[str]) -> list[Any]:
    query = select(OUTBOX).where(OUTBOX.c.key.in_(many_values.texts(session, keys))).order_by(OUTBOX.c.sequence)
    return list(await session.execute(query))


async def _take_out(session: AsyncSession, takers: Mapping[tuple[str, str], int]) -> list[Any]:
    """Rows whose number is taken, and with them the later ones of the key that have not left, in their order."""
    taken = {key for _, key in takers}
    moved = [
        row
        for row in await _rows_of(session, taken)
        if (first := takers.get((row.topic, row.key))) is not None
        and (row.sequence == first or (row.sequence > first and row.broker_offset is None))
    ]
    for row in moved:
        await session.execute(delete(OUTBOX).where(OUTBOX.c.id == row.id))
    return moved


async def _put_back(session: AsyncSession, forgotten: Sequence[Found]) -> None:
    await session.execute(insert(OUTBOX), [_row_of(one) for one in forgotten])
    seen_at = [
        {"event_id": one.envelope.id, "at": datetime.fromtimestamp(one.record.timestamp / 1000, UTC)}
        for one in forgotten
    ]
    await session.execute(insert(TAKEN_BACK), seen_at)
    for one in forgotten:
        topic, key, number = one.number
        await session.execute(_RAISE_TO, {"topic": topic, "key": key, "n": number})


def _row_of(one: Found) -> dict[str, Any]:
    topic, key, number = one.number
    return {
        "topic": topic,
        "key": key,
        "sequence": number,
        "event_id": one.envelope.id,
        "epoch": one.envelope.epoch,
        "type": one.envelope.type,
        "urgent": is_urgent_topic(topic),
        "attributes": json.dumps(attributes_of(one.envelope), ensure_ascii=False),
        "body": one.envelope.data,
        "told_at": one.envelope.time,
        "broker_partition": one.record.partition,
        "broker_offset": one.record.offset,
    }


async def _number_again(session: AsyncSession, moved: Sequence[Any]) -> None:
    """Give new numbers behind what was taken back, in the order of the old ones."""
    epoch = (await session.execute(select(OUTBOX_STATE.c.epoch))).scalar_one()
    for row in moved:
        number = (await session.execute(_RAISE_BY_ONE, {"topic": row.topic, "key": row.key})).scalar_one()
        values = {name: value for name, value in row._asdict().items() if name != "id"}
        fresh = {
            "sequence": number,
            "epoch": epoch,
            "published_at": None,
            "broker_partition": None,
            "broker_offset": None,
        }
        await session.execute(insert(OUTBOX).values(**values | fresh))


_RAISE_TO = text(
    "INSERT INTO counter (topic, key, sequence) VALUES (:topic, :key, :n) ON CONFLICT (topic, key) "
    "DO UPDATE SET sequence = CASE WHEN counter.sequence < :n THEN :n ELSE counter.sequence END"
)
_RAISE_BY_ONE = text(
    "INSERT INTO counter (topic, key, sequence) VALUES (:topic, :key, 1) "
    "ON CONFLICT (topic, key) DO UPDATE SET sequence = counter.sequence + 1 RETURNING sequence"
)
