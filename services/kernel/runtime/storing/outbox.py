"""The outbox: facts in the change's own transaction, numbered per (topic, key) last of all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select, text

from services.kernel.language.envelope import Envelope
from services.kernel.language.events import urgent_twins
from services.kernel.language.refusal import Refusal
from services.kernel.runtime.storing import many_values
from services.kernel.runtime.storing.erased import ITEMS_HELD, empty_if_erased
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import ERASED_ITEM, OUTBOX, OUTBOX_STATE

T = TypeVar("T")

FACT_LIMIT_BYTES = 900_000


class FactTooLarge(Refusal):
    """内容过长，无法发送，请精简正文或改用附件。"""

    status = 413
    code = "fact_too_large"
    message = "内容过长，无法发送，请精简正文或改用附件。"


@dataclass(frozen=True, slots=True)
class Telling:
    """A fact on its way into the outbox: full topic name, key and envelope (no number yet)."""

    topic: str
    key: str
    envelope: Envelope


def telling(topic: str, key: str, envelope: Envelope) -> Telling:
    """Take a fact for the outbox.

    Raises:
        FactTooLarge: Above 900 KB, more than a topic carries.
    """
    if len(envelope.data) > FACT_LIMIT_BYTES:
        raise FactTooLarge
    return Telling(topic, key, envelope)


def is_urgent_topic(topic: str) -> bool:
    """Urgency is a property of the topic, so that taking urgent rows first never breaks an order."""
    return topic.endswith(tuple(f".{twin}" for twin in urgent_twins().values()))


async def write(session: AsyncSession, told: Sequence[Telling], now: datetime) -> None:
    """Number the facts and store them; the last statements before the commit.

    Counters are raised in one statement sorted by (topic, key): the row locks make counter
    order equal commit order, without deadlock. An id that is already there is passed over, and
    what is about an item that was erased here says nothing.
    """
    fresh = await _not_yet_told(session, told)
    if not fresh:
        return
    epoch, erased = await _epoch_and_erased(session, {one.envelope.subject for one in fresh})
    fresh = [replace(one, envelope=empty_if_erased(one.envelope, erased)) for one in fresh]
    last = await _raise_counters(session, Counter((one.topic, one.key) for one in fresh))
    remaining = Counter((one.topic, one.key) for one in fresh)
    rows = []
    for one in fresh:
        place = (one.topic, one.key)
        remaining[place] -= 1
        rows.append(_row(one, last[place] - remaining[place], epoch, now))
    await session.execute(insert(OUTBOX), rows)


async def lock(session: AsyncSession, name: str) -> None:
    """Take turns on `name` until the commit. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(current_schema() || :name))"), {"name": name})


def attributes_of(envelope: Envelope) -> dict[str, Any]:
    """What the outbox and the inbox keep of an envelope besides counters and data."""
    kept = {
        "source": envelope.source,
        "time": envelope.time.isoformat(),
        "subject": envelope.subject,
        "dataschema": envelope.dataschema,
        "node": envelope.node,
        "level": envelope.level,
        "via": list(envelope.via),
        "traceparent": envelope.traceparent,
    }
    return kept | ({"emptied": envelope.emptied} if envelope.emptied else {})


def envelope_of(row: Any) -> Envelope:
    """The envelope of an outbox or waiting row."""
    kept = json.loads(row.attributes)
    return Envelope(
        id=row.event_id,
        type=row.type,
        source=kept["source"],
        time=datetime.fromisoformat(kept["time"]),
        subject=kept["subject"],
        dataschema=kept["dataschema"],
        node=kept["node"],
        level=kept["level"],
        via=tuple(kept["via"]),
        traceparent=kept["traceparent"],
        emptied=kept.get("emptied", ""),
        sequence=row.sequence,
        epoch=row.epoch,
        data=bytes(row.body),
    )


def _row(one: Telling, sequence: int, epoch: int, now: datetime) -> dict[str, Any]:
    return {
        "topic": one.topic,
        "key": one.key,
        "sequence": sequence,
        "event_id": one.envelope.id,
        "epoch": epoch,
        "type": one.envelope.type,
        "urgent": is_urgent_topic(one.topic),
        "attributes": json.dumps(attributes_of(one.envelope), ensure_ascii=False),
        "body": one.envelope.data,
        "told_at": now,
    }


async def _not_yet_told(session: AsyncSession, told: Sequence[Telling]) -> list[Telling]:
    distinct = {one.envelope.id: one for one in told}
    query = select(OUTBOX.c.event_id).where(OUTBOX.c.event_id.in_(many_values.texts(session, distinct)))
    if many_values.is_postgresql(session):
        query = query.where(text(ITEMS_HELD).bindparams(keys=sorted({one.envelope.subject for one in told})))
    known = set((await session.execute(query)).scalars())
    return [one for id_, one in distinct.items() if id_ not in known]


async def _epoch_and_erased(session: AsyncSession, keys: Collection[str]) -> tuple[int, set[str]]:
    """The epoch, and which of these items were erased; in one statement, as every transaction that tells waits for it."""
    is_meant = ERASED_ITEM.c.origin_id.in_(many_values.texts(session, keys))
    query = select(OUTBOX_STATE.c.epoch, ERASED_ITEM.c.origin_id).outerjoin_from(OUTBOX_STATE, ERASED_ITEM, is_meant)
    rows = list(await session.execute(query))
    return rows[0].epoch, {row.origin_id for row in rows if row.origin_id is not None}


_RAISE = """
INSERT INTO counter (topic, key, sequence) {rows}
ON CONFLICT (topic, key) DO UPDATE SET sequence = counter.sequence + excluded.sequence
RETURNING topic, key, sequence
"""
_RAISE_POSTGRESQL = text(
    _RAISE.format(
        rows="SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:numbers AS bigint[]))"
    )
)
_RAISE_SQLITE = text(
    _RAISE.format(
        rows="SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') "
        "FROM json_each(:rows) WHERE true"  # without a WHERE, SQLite reads ON CONFLICT as a join's ON
    )
)


async def _raise_counters(session: AsyncSession, wanted: Counter[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = [(topic, key, wanted[topic, key]) for topic, key in sorted(wanted)]
    statement = _RAISE_POSTGRESQL if many_values.is_postgresql(session) else _RAISE_SQLITE
    raised = await session.execute(statement, many_values.columns(session, rows, "topics", "keys", "numbers"))
    return {(row.topic, row.key): row.sequence for row in raised}


def slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in runs of `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
