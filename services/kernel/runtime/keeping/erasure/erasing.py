"""Erasing one item from one service's database: its own tables, outbox, waiting facts and kept answers, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.sql import ColumnElement

from services.kernel.language.events.exchange import ABOUT_ERASURE
from services.kernel.runtime.keeping.erasure.copies import Copies, Order
from services.kernel.runtime.keeping.erasure.texts import erase_texts, find_texts
from services.kernel.runtime.keeping.retention import emptied_attributes, empty_facts
from services.kernel.runtime.service import Service
from services.kernel.runtime.storing.erased import ERASED, hold_alone
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import ANSWERED_REQUEST, ERASED_ITEM, INBOX_WAITING, OUTBOX
from services.kernel.runtime.storing.transaction import Transaction


async def copies_of(session: AsyncSession, service: Service, origin_id: UUID) -> Copies:
    """What the service has of an item."""
    found = await find_texts(session, service.texts, origin_id)
    facts = [row for row in await _of_item(session, OUTBOX, origin_id) if row.body]
    beyond = 0 if service.beyond is None else await service.beyond.count(session, origin_id)
    topics = frozenset(row.topic for row in facts)
    return Copies(len(facts), found.rows + beyond, found.digests, topics, found.title)


async def erase_item(tx: Transaction, service: Service, order: Order) -> Copies:
    """Take the item's text out of the service's database for good; the audit row names it and says nothing of it.

    What is told or brought back about it later is known as erased and moves cursors alone.
    """
    origin_id = order.origin_id
    await hold_alone(tx.session, str(origin_id))
    found = await erase_texts(tx.session, service.texts, origin_id)
    facts = await _of_item(tx.session, OUTBOX, origin_id)
    await empty_facts(tx, facts, ERASED)
    await _empty_waiting(tx.session, await _of_item(tx.session, INBOX_WAITING, origin_id))
    named = _names(tx.session, ANSWERED_REQUEST.c.body, origin_id)
    await tx.session.execute(delete(ANSWERED_REQUEST).where(named))
    beyond = 0 if service.beyond is None else await service.beyond.erase(tx, origin_id)
    await _tidy_indexes(tx.session, service)
    digests = await _remember(tx, origin_id, found.digests)
    tx.audit("item.erased", origin_id, by=order.by, details={"reason": order.reason, "facts": len(facts)})
    topics = frozenset(row.topic for row in facts)
    return Copies(len(facts), found.rows + beyond, digests, topics)


async def _remember(tx: Transaction, origin_id: UUID, digests: frozenset[str]) -> frozenset[str]:
    """Keep the mark of the item, and its files until they are deleted: its records do not name them any more."""
    place = ERASED_ITEM.c.origin_id == str(origin_id)
    known = (await tx.session.execute(select(ERASED_ITEM.c.digests).where(place))).scalar_one_or_none()
    digests |= frozenset(json.loads(known or "[]"))
    values = {"at": tx.now, "digests": json.dumps(sorted(digests))}
    if known is None:
        await tx.session.execute(ERASED_ITEM.insert().values(origin_id=str(origin_id), **values))
    else:
        await tx.session.execute(update(ERASED_ITEM).where(place).values(**values))
    return digests


async def _of_item(session: AsyncSession, table: Any, origin_id: UUID) -> Sequence[Any]:
    """The facts about the item, and others that name it (an issue, a published text); not those about its erasure."""
    about = (table.c.key == str(origin_id)) | _names(session, table.c.body, origin_id)
    outlasts = table.c.type.in_(ABOUT_ERASURE)
    return list(await session.execute(select(table).where(about, table.c.type.is_(None) | ~outlasts)))


def _names(session: AsyncSession, column: Any, origin_id: UUID) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        return func.position(text("decode(:sought, 'hex') IN body").bindparams(sought=_sought(origin_id).hex())) > 0
    return func.instr(column, _sought(origin_id)) > 0


def _sought(origin_id: UUID) -> bytes:
    return str(origin_id).encode()


async def _empty_waiting(session: AsyncSession, rows: Sequence[Any]) -> None:
    """A held or parked fact keeps its turn and says nothing; one that nobody could read goes."""
    for row in rows:
        place = INBOX_WAITING.c.id == row.id
        if row.key is None:
            await session.execute(delete(INBOX_WAITING).where(place))
            continue
        kept = {"attributes": emptied_attributes(row, ERASED), "body": b"", "reason": "内容已清除"}
        await session.execute(update(INBOX_WAITING).where(place).values(**kept))


async def _tidy_indexes(session: AsyncSession, service: Service) -> None:
    """SQLite's index keeps removed words until its parts are merged."""
    if session.get_bind().dialect.name == "postgresql":
        return
    for name in {texts.index.name for texts in service.texts if texts.index is not None}:
        await session.execute(text(f"INSERT INTO {name}_fts ({name}_fts) VALUES ('optimize')"))  # noqa: S608 - our own name
