"""How every action ends: the fact is told, its line noted, open pages are woken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.kernel.language.events.parts import Hop, Item, OfficerRef, SubmissionFact
from services.kernel.language.timeline import Entry, timeline_entry
from services.kernel.runtime.transaction import Transaction
from services.review.model import HistoryRow, ReviewItem

QUEUE_CHANNEL = "queue"


def head_of(item: ReviewItem, *, hop: int | None = None, hops: Sequence[Hop] | None = None) -> Item:
    """The head of a fact about this item; `hop` is where it happens, this office's own by default."""
    return Item(
        origin_id=item.origin_id,
        info_type=item.info_type,
        title=item.title,
        origin_node=item.origin_node,
        unit_id=item.unit_id,
        unit_name=item.unit_name,
        system=item.system,
        version=item.submission_version,
        hop=item.hop if hop is None else hop,
        hops=tuple(item.hops if hops is None else hops),
    )


def tell(tx: Transaction, fact: SubmissionFact) -> None:
    """Tell a fact and keep its line in the item's history here."""
    tx.tell(fact)
    entry = timeline_entry(fact)
    if entry is not None:
        tx.session.add(history_row(fact.item.origin_id, entry))


def history_row(origin_id: UUID, entry: Entry, *, event_id: str | None = None) -> HistoryRow:
    """A line of the history as a row."""
    return HistoryRow(
        origin_id=origin_id,
        event_id=event_id,
        type=entry.type,
        hop=entry.hop,
        version=entry.version,
        rank=entry.rank,
        node=entry.node,
        at=entry.at,
        text=entry.text,
        by=entry.by,
        unit=entry.unit,
        note=entry.note,
        data=entry.data,
    )


def note_inside(
    tx: Transaction,
    item: ReviewItem,
    kind: str,
    text: str,
    *,
    by: OfficerRef,
    rank: int = 75,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Keep a line that only this office sees: 备用, 拟采用, a proposal."""
    row = HistoryRow(
        origin_id=item.origin_id,
        type=f"review.{kind}",
        hop=max(item.hop, 1),
        version=item.submission_version,
        rank=rank,
        node=tx.node.node_id,
        at=tx.now,
        text=text,
        by=by.name,
        unit=by.unit_name,
        note=note,
        data=dict(data or {}),
        is_inside=True,
    )
    tx.session.add(row)


def touch(tx: Transaction, item: ReviewItem, *, is_new_version: bool = True) -> None:
    """Mark the item as changed now and wake the pages that show it.

    `is_new_version` is for text and decisions: what an officer has open is then out of date.
    """
    if is_new_version:
        item.version += 1
    item.touched_at = tx.now
    tx.session.add(item)
    tx.signal(QUEUE_CHANNEL)
    tx.signal(f"item:{item.origin_id}")
