"""Facts that cannot be sent as they are: set aside by the relay, to be tried again or given up by an operator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update

from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import OUTBOX
from services.kernel.runtime.storing.transaction import Transaction

_IS_ASIDE = (OUTBOX.c.aside_reason.is_not(None), OUTBOX.c.published_at.is_(None))


class LaterFactsHaveLeft(Refusal):
    """这条之后的记录已经发出，不能放弃这条；请处理后重试。"""

    code = "later_facts_have_left"
    message = "同一事项在这条之后的记录已经发出，放弃会使各方一直等这个编号；请排除原因后重试。"


async def list_aside(session: AsyncSession) -> Sequence[Any]:
    """The rows set aside, oldest first, with how many of their keys wait behind them."""
    behind = OUTBOX.alias()
    count = (
        select(func.count())
        .where(
            behind.c.topic == OUTBOX.c.topic,
            behind.c.key == OUTBOX.c.key,
            behind.c.sequence > OUTBOX.c.sequence,
            behind.c.published_at.is_(None),
        )
        .scalar_subquery()
    )
    columns = (OUTBOX.c.id, OUTBOX.c.type, OUTBOX.c.topic, OUTBOX.c.key, OUTBOX.c.sequence, OUTBOX.c.told_at)
    query = select(*columns, OUTBOX.c.aside_reason, count.label("behind")).where(*_IS_ASIDE).order_by(OUTBOX.c.id)
    return list(await session.execute(query))


async def count_aside(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many rows are set aside, and when the oldest was told."""
    count, since = (await session.execute(select(func.count(), func.min(OUTBOX.c.told_at)).where(*_IS_ASIDE))).one()
    return int(count), since


async def retry_aside(tx: Transaction, row_id: int, *, by: OfficerRef | None = None) -> None:
    """Let the relay try a row once more; it is set aside again when it fails again.

    Raises:
        NotFound: No such row is set aside.
    """
    await _find(tx.session, row_id)
    await tx.session.execute(update(OUTBOX).where(OUTBOX.c.id == row_id).values(aside_reason=None))
    tx.audit("outbox.aside_retried", row_id, by=by)
    tx.wake_relay()


async def give_up_aside(tx: Transaction, row_id: int, *, by: OfficerRef | None = None) -> None:
    """Never send a row; it stays as evidence, and what waits behind it takes the numbers that follow.

    A number that nobody ever sees would hold the key for ever at every listener. None of the
    later rows has left, since they waited for this one, so that they may move up.

    Raises:
        NotFound: No such row is set aside.
        LaterFactsHaveLeft: Their numbers are known elsewhere.
    """
    row = await _find(tx.session, row_id)
    place = {"topic": row.topic, "key": row.key}
    # The counter first: whoever tells a fact of this key meanwhile waits for it.
    await tx.session.execute(
        text("UPDATE counter SET sequence = sequence - 1 WHERE topic = :topic AND key = :key"), place
    )
    later = await _later_rows(tx.session, row)
    if row.broker_offset is not None or any(one.broker_offset is not None for one in later):
        raise LaterFactsHaveLeft
    given_up = {"published_at": tx.now, "sequence": -row.id}
    await tx.session.execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(**given_up))
    for one in later:
        await tx.session.execute(update(OUTBOX).where(OUTBOX.c.id == one.id).values(sequence=one.sequence - 1))
    tx.audit(
        "outbox.aside_given_up", row_id, by=by,
        details={**place, "event_id": row.event_id, "type": row.type, "reason": row.aside_reason},
    )  # fmt: skip
    tx.wake_relay()


async def _find(session: AsyncSession, row_id: int) -> Any:
    row = (await session.execute(select(OUTBOX).where(OUTBOX.c.id == row_id, *_IS_ASIDE))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def _later_rows(session: AsyncSession, row: Any) -> Sequence[Any]:
    query = (
        select(OUTBOX.c.id, OUTBOX.c.sequence, OUTBOX.c.broker_offset)
        .where(OUTBOX.c.topic == row.topic, OUTBOX.c.key == row.key, OUTBOX.c.sequence > row.sequence)
        .order_by(OUTBOX.c.sequence)
    )
    return list(await session.execute(query))
