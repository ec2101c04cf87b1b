"""What the event desk reads: waiting rows with what stands before and behind them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from services.kernel.language.events import FACTS
from services.kernel.runtime.pages.event_desk.wording import Cause, cause_of, explain, missing_words
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import INBOX_CURSOR as CURSOR
from services.kernel.runtime.storing.tables import INBOX_WAITING as WAITING
from services.kernel.runtime.telling.inbox import waiting
from services.kernel.runtime.telling.progress.judging import Reason, Unapplied

KIND_LABELS = {"parked": "搁置", "held": "等前一条", "unpublished": "未发出", "not_arrived": "未处理到"}


async def describe(session: AsyncSession, service: str, rows: Sequence[Any], asked: dict[str, Any]) -> list[Any]:
    """The rows as pages show them; `asked` says when which event was asked for again."""
    return [await _describe(session, service, row, asked) for row in rows]


async def _describe(session: AsyncSession, service: str, row: Any, asked: dict[str, Any]) -> dict[str, Any]:
    around = await _around(session, row) if row.key is not None else {}
    cause = cause_of(row.kind, row.reason, has_parked_before=bool(around.get("parked_before")))
    missing = around.get("missing", "") if cause is Cause.PREDECESSOR else ""
    held_behind = around.get("held_behind", 0)
    told = explain(cause, service=service, reason=row.reason, missing=missing, held_behind=held_behind)
    return {
        "id": row.id,
        "kind": row.kind,
        "kind_label": KIND_LABELS[row.kind],
        "type": row.type or "",
        "type_label": type_label(row.type or ""),
        "topic": row.topic,
        "key": row.key or "",
        "title": title_in(bytes(row.body)),
        "sequence": row.sequence,
        "reason": row.reason,
        "cause": cause.value,
        "headline": told.headline,
        "meaning": told.meaning,
        "advice": told.advice,
        "missing": missing,
        "held_behind": held_behind,
        "parked_before": around.get("parked_before"),
        "asked_at": asked.get(row.key) if missing else None,
        "tries": row.tries,
        "since": row.since,
    }


async def _around(session: AsyncSession, row: Any) -> dict[str, Any]:
    """What stands before and behind a row in its key's order."""
    same_key = (WAITING.c.consumer == row.consumer, WAITING.c.topic == row.topic, WAITING.c.key == row.key)
    behind = select(func.count()).where(*same_key, WAITING.c.sequence > row.sequence)
    before = select(WAITING.c.id).where(*same_key, WAITING.c.sequence < row.sequence, WAITING.c.kind == waiting.PARKED)
    first = select(func.min(WAITING.c.sequence)).where(*same_key)
    cursor = select(CURSOR.c.sequence).where(
        CURSOR.c.consumer == row.consumer, CURSOR.c.topic == row.topic, CURSOR.c.key == row.key
    )
    applied = (await session.execute(cursor)).scalar_one_or_none() or 0
    return {
        "held_behind": (await session.execute(behind)).scalar_one(),
        "parked_before": (await session.execute(before.order_by(WAITING.c.sequence).limit(1))).scalar_one_or_none(),
        "missing": missing_words(applied, (await session.execute(first)).scalar_one()),
    }


def describe_behind(service: str, one: Unapplied) -> dict[str, Any]:
    """A fact that is not even here, as pages show it."""
    cause = Cause.UNPUBLISHED if one.reason is Reason.UNPUBLISHED else Cause.NOT_ARRIVED
    told = explain(cause, service=service)
    return {
        "kind": one.reason.value,
        "kind_label": KIND_LABELS[one.reason.value],
        "type_label": type_label(one.told.type),
        "key": one.told.key,
        "sequence": one.told.sequence,
        "headline": told.headline,
        "meaning": told.meaning,
        "advice": told.advice,
        "asked_at": one.asked_at,
        "since": one.told.told_at,
    }


def type_label(type_: str) -> str:
    """What happened, in Chinese; a newer type has no name here."""
    if fact := FACTS.get(type_):
        return fact.LABEL
    return "本节点还不认识的信息" if type_ else "无法识别的信息"


def title_in(body: bytes) -> str:
    """The title of the item that a fact's data speaks of; empty when there is none to find."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    for place in (said, *(said.get(name) for name in ("item", "content", "edition"))) if isinstance(said, dict) else ():
        if isinstance(place, dict) and isinstance(place.get("title"), str):
            return str(place["title"])[:120]
    return ""
