"""After a restore from a backup: take back from the broker what this database told and forgot, and begin a new epoch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aiokafka.structs import ConsumerRecord
from sqlalchemy import insert, select, text, update

from services.kernel.language.envelope import Envelope, EnvelopeUnreadable, from_headers
from services.kernel.runtime.outbox import attributes_of, is_urgent_topic
from services.kernel.runtime.relay import Relay
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.tables import OUTBOX, OUTBOX_STATE
from services.kernel.runtime.transaction import Transaction


class Retaken:
    """One fact that was told before the restore and is back in the outbox."""

    def __init__(self, record: ConsumerRecord, envelope: Envelope) -> None:
        self.topic = record.topic
        self.key = envelope.subject
        self.envelope = envelope


async def restore(context: ServiceContext) -> list[Retaken]:
    """Take back what the broker holds and the outbox lacks, raise counters and epoch, and unblock the relay.

    The facts taken back are published once more: this node's own consumers were restored too
    and may lack them; whoever has them drops the copy. What was told since the restore and not
    yet published gets new numbers behind them. Returns what was found, in the broker's order.
    """
    relay = Relay(context.database, context.settings.kafka)
    retaken = _readable(await relay.find_forgotten())
    async with context.database.transaction(context.clock()) as tx:
        waiting = await _take_aside_unpublished(tx)
        await _put_back(tx, retaken)
        epoch = await _raise_epoch(tx)
        await _number_again(tx, waiting, epoch)
        tx.audit("outbox.restored", context.name, by=None, details={"taken_back": len(retaken), "epoch": epoch})
    return retaken


def _readable(records: Sequence[ConsumerRecord]) -> list[Retaken]:
    found = []
    for record in sorted(records, key=lambda one: (one.topic, one.partition, one.offset)):
        try:
            found.append(Retaken(record, from_headers(record.headers, record.value or b"")))
        except EnvelopeUnreadable:
            continue  # nothing of ours: somebody else wrote on our topic
    return found


async def _take_aside_unpublished(tx: Transaction) -> list[Any]:
    rows = list(await tx.session.execute(select(OUTBOX).where(OUTBOX.c.published_at.is_(None)).order_by(OUTBOX.c.id)))
    await tx.session.execute(OUTBOX.delete().where(OUTBOX.c.published_at.is_(None)))
    for row in rows:
        await tx.session.execute(
            text("UPDATE counter SET sequence = sequence - 1 WHERE topic = :topic AND key = :key"),
            {"topic": row.topic, "key": row.key},
        )
    return rows


async def _put_back(tx: Transaction, retaken: Sequence[Retaken]) -> None:
    for one in retaken:
        await tx.session.execute(
            insert(OUTBOX).values(
                topic=one.topic, key=one.key, sequence=one.envelope.sequence, event_id=one.envelope.id,
                epoch=one.envelope.epoch, type=one.envelope.type, urgent=is_urgent_topic(one.topic),
                attributes=json.dumps(attributes_of(one.envelope), ensure_ascii=False), body=one.envelope.data,
                told_at=one.envelope.time,
            )
        )  # fmt: skip
        await tx.session.execute(
            text(
                "INSERT INTO counter (topic, key, sequence) VALUES (:topic, :key, :n) ON CONFLICT (topic, key) "
                "DO UPDATE SET sequence = CASE WHEN counter.sequence < :n THEN :n ELSE counter.sequence END"
            ),
            {"topic": one.topic, "key": one.key, "n": one.envelope.sequence},
        )


async def _raise_epoch(tx: Transaction) -> int:
    await tx.session.execute(update(OUTBOX_STATE).values(epoch=OUTBOX_STATE.c.epoch + 1, blocked_reason=None))
    return int((await tx.session.execute(select(OUTBOX_STATE.c.epoch))).scalar_one())


async def _number_again(tx: Transaction, rows: Sequence[Any], epoch: int) -> None:
    for row in rows:
        raised = await tx.session.execute(
            text(
                "INSERT INTO counter (topic, key, sequence) VALUES (:topic, :key, 1) "
                "ON CONFLICT (topic, key) DO UPDATE SET sequence = counter.sequence + 1 RETURNING sequence"
            ),
            {"topic": row.topic, "key": row.key},
        )
        values = {name: value for name, value in row._asdict().items() if name != "id"}
        await tx.session.execute(insert(OUTBOX).values(**values | {"sequence": raised.scalar_one(), "epoch": epoch}))
