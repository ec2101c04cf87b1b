"""Parking an event that failed: a row that a person sees, whatever the event is made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from services.kernel.language.envelope import Envelope
from services.kernel.runtime.storing.database import Database
from services.kernel.runtime.storing.database_faults import is_passing
from services.kernel.runtime.storing.erased import empty_if_erased, hold_unless_erased
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.telling.inbox import waiting
from services.kernel.runtime.telling.inbox.faults import HandlingFailed, reason_of
from services.kernel.runtime.telling.inbox.listening import Message
from services.kernel.runtime.telling.inbox.opening import open_message
from services.kernel.runtime.telling.inbox.positions import put_positions
from services.kernel.runtime.telling.inbox.work import Consumer

log = structlog.get_logger()


async def park(
    database: Database, consumer: Consumer, clock: Callable[[], datetime], message: Message | None, fault: Exception
) -> None:
    """Park the event that `fault` names, which `message` brought or uncovered (None: it was held here).

    Waits while the database is away. When no table takes the event as it is, what is left of it
    is parked without key, so that at least a person sees it.

    Raises:
        Exception: Not even that can be written, though the database is there.
    """
    try:
        await _until_written(database, clock, lambda tx: _park_whole(tx, consumer, message, fault))
    except asyncio.CancelledError:
        raise
    except Exception as failed:
        if message is None:
            raise
        log.exception("inbox.event.unkeepable", consumer=consumer.name, topic=message.topic, place=message.place)
        reason = f"无法保存：{type(failed).__name__}"
        await _until_written(database, clock, lambda tx: _park_remains(tx, consumer, message, reason))


async def _until_written(
    database: Database, clock: Callable[[], datetime], write: Callable[[Transaction], Any]
) -> None:
    while True:
        try:
            async with database.transaction(clock()) as tx:
                await write(tx)
        except Exception as failed:
            if not is_passing(failed):
                raise
            log.warning("inbox.park.waiting", fault=repr(failed)[:500])
            await asyncio.sleep(1.0)
        else:
            return


async def _park_whole(tx: Transaction, consumer: Consumer, message: Message | None, fault: Exception) -> None:
    is_own = True
    if isinstance(fault, HandlingFailed):
        is_own = await _park_readable(tx, consumer, message, fault)
    elif message is not None:
        row = waiting.unreadable_row(
            consumer.name, message.topic, message.place, message.headers, message.value,
            reason=f"无法识别：{fault}", now=tx.now,
        )  # fmt: skip
        await waiting.put(tx.session, [row])
    if is_own and message is not None:
        await _move_on(tx, consumer, message)


async def _park_readable(tx: Transaction, consumer: Consumer, message: Message | None, fault: HandlingFailed) -> bool:
    """Park by envelope; True when it is the message itself, not one that was held behind it."""
    erased = await hold_unless_erased(tx.session, [fault.envelope.subject])
    envelope, reason = empty_if_erased(fault.envelope, erased), reason_of(fault.cause)
    own = open_message(message) if message is not None else None
    is_own = isinstance(own, Envelope) and own.id == envelope.id
    place = message.place if is_own and message is not None else f"w:{envelope.id}"[:60]
    rows = await waiting.of_keys(tx.session, consumer.name, fault.topic, [envelope.subject])
    if not any(row.event_id == envelope.id for row in rows):
        row = waiting.waiting_row(
            consumer.name, fault.topic, place, envelope,
            kind=waiting.PARKED, reason=reason, now=tx.now, tries=fault.tries,
        )  # fmt: skip
        await waiting.put(tx.session, [row])
    await waiting.park(tx.session, consumer.name, fault.topic, envelope.id, reason=reason, tries=fault.tries)
    return is_own


async def _park_remains(tx: Transaction, consumer: Consumer, message: Message, reason: str) -> None:
    row = waiting.unreadable_row(
        consumer.name, message.topic, message.place, [], message.value, reason=reason, now=tx.now
    )
    await waiting.put(tx.session, [row])
    await _move_on(tx, consumer, message)


async def _move_on(tx: Transaction, consumer: Consumer, message: Message) -> None:
    if message.position is not None:
        await put_positions(tx.session, consumer.name, {(message.topic, message.partition): message.position})
