"""How every action ends: the fact is told, its line noted, open pages are woken; and how facts from elsewhere are noted."""

from __future__ import annotations

from collections.abc import Sequence

from services.kernel.language.events.parts import Fact, Hop, Item, OfficerRef, SubmissionFact
from services.kernel.runtime.passage import noting as passage
from services.kernel.runtime.storing.transaction import Transaction
from services.review.model import HistoryRow, ReviewItem

QUEUE_CHANNEL = "queue"
_INSIDE_RANK = 75


def head_of(item: ReviewItem, *, hop: int | None = None, hops: Sequence[Hop] | None = None) -> Item:
    """The head of a fact about this item; `hop` is where it happened, this office's own by default."""
    return passage.head_of(item, hop=item.hop if hop is None else hop, hops=hops)


async def tell(tx: Transaction, fact: SubmissionFact) -> None:
    """Tell a fact and keep its line in the item's history here."""
    await passage.tell_and_note(tx, HistoryRow, fact)


async def note_fact(tx: Transaction, fact: Fact) -> bool:
    """Keep the line of a fact in its item's history, once.

    Returns:
        False when this very event was noted before or adds no line, so that nothing more is to be done.
    """
    line = await passage.new_line(tx, HistoryRow, fact)
    if line is None:
        return False
    tx.session.add(line)
    await tx.session.flush()
    tx.signal(f"item:{line.origin_id}")
    return True


async def note_inside(
    tx: Transaction, item: ReviewItem, kind: str, text: str, *, by: OfficerRef, note: str = ""
) -> None:
    """Keep a line that only this office sees: 备用, 拟采用, a proposal."""
    row = HistoryRow(
        origin_id=item.origin_id,
        type=f"review.{kind}",
        hop=max(item.hop, 1),
        version=item.submission_version,
        ordinal=await passage.next_ordinal(tx.session, HistoryRow, item.origin_id),
        rank=_INSIDE_RANK,
        node=tx.node.node_id,
        at=tx.now,
        text=text,
        by=by.name,
        unit=by.unit_name,
        note=note,
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
