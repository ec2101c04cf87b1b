"""What every fact that comes back has in common: its line once, its item, and whether it is the newest word on it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.kernel.language.events.parts import Content, Item, OfficerRef, SubmissionFact
from services.kernel.language.timeline import timeline_entry
from services.kernel.language.vocabulary import ReviewStatus
from services.kernel.runtime.passage.noting import new_line
from services.kernel.runtime.storing.transaction import Transaction
from services.review.actions.opening import new_item, show_text
from services.review.model import HistoryRow, ReviewItem, SentVersion
from services.review.model.item import ForwardMark
from services.review.store.items import latest_sent, lock_item
from services.review.store.own_facts import is_told_already, last_own_word

NOBODY = UUID(int=0)
_IN_PRINT = (ReviewStatus.SELECTED, ReviewStatus.ADOPTED)


@dataclass(frozen=True)
class Again:
    """A fact of this office that was not known here any more, and its item.

    `is_newest` says that the item has heard nothing later from this office: else the fact adds its
    line to the history and changes no state.
    """

    item: ReviewItem
    is_newest: bool


async def take_again(tx: Transaction, fact: SubmissionFact) -> Again | None:
    """Take an own fact in; None when its line is in the history, so that its effect is here too."""
    entry = timeline_entry(fact)
    item = await lock_item(tx.session, fact.item.origin_id)
    if entry is None or await is_told_already(tx.session, fact, entry):
        return None
    is_newest = item is None or await _is_newest(tx, item, fact)
    line = await new_line(tx, HistoryRow, fact)
    if line is None:
        return None
    item = item or _unknown(tx, fact)
    tx.session.add_all([item, line])
    await tx.session.flush()
    if is_newest:
        _follow(item, fact.item, node=tx.node.node_id)
    tx.signal(f"item:{item.origin_id}")
    return Again(item, is_newest)


async def keep_text_if_missing(tx: Transaction, item: ReviewItem, fact: SubmissionFact, content: Content) -> None:
    """Of an item whose text is not here, what this office sent on is better than nothing; its sender's may still come."""
    if await latest_sent(tx.session, item.origin_id) is not None:
        return
    hop = fact.item.hops[-1] if fact.item.hops else None
    sent = SentVersion(
        origin_id=item.origin_id,
        version=fact.item.version,
        hop=hop.n if hop else fact.item.hop,
        event_id=tx.cause.id if tx.cause else "",
        content=content,
        from_node=tx.node.node_id,
        sender_name=hop.from_unit_name if hop else fact.item.unit_name,
        reviewer_name=getattr(fact, "reviewer_name", ""),
        sign_off=getattr(fact, "sign_off", None),
        told_at=tx.now,
        arrived_at=tx.now,
    )
    tx.session.add(sent)
    await show_text(tx, item, content)


def nobody(unit_name: str = "") -> OfficerRef:
    """Who stands where the fact names nobody."""
    return OfficerRef(officer_id=NOBODY, name="未留存", unit_id=NOBODY, unit_name=unit_name)


async def _is_newest(tx: Transaction, item: ReviewItem, fact: SubmissionFact) -> bool:
    if fact.item.version != item.submission_version:
        return fact.item.version > item.submission_version
    last = await last_own_word(tx.session, item.origin_id, version=fact.item.version, node=tx.node.node_id)
    return last is None or last <= fact.at


def _unknown(tx: Transaction, fact: SubmissionFact) -> ReviewItem:
    """A stub: inside its unit, or before this office's editors where the fact was told by them."""
    item = new_item(tx, fact.item, is_stub=True)
    _stand_where_told(item, fact.item, node=tx.node.node_id)
    return item


def _stand_where_told(item: ReviewItem, head: Item, *, node: str) -> None:
    """Before this office's editors, or before its own unit's reviewer, as the place of the fact says."""
    ends_here = [hop for hop in head.hops if hop.to_node == node]
    if head.hop and ends_here:
        item.is_here, item.hop, item.sent_hop = True, ends_here[-1].n, 0
        item.sender_unit_id, item.sender_name = ends_here[-1].from_unit_id, ends_here[-1].from_unit_name
        item.status = item.status if item.status in _IN_PRINT else ReviewStatus.OPEN
    elif not head.hop:
        item.is_here, item.hop, item.sent_hop, item.status = False, 0, 0, ReviewStatus.TO_CHECK


def _follow(item: ReviewItem, head: Item, *, node: str) -> None:
    """A later version than the row's: its text is still to come, and what was decided on the older one is over."""
    if head.version <= item.submission_version:
        return
    _stand_where_told(item, head, node=node)
    item.submission_version, item.is_stub, item.note = head.version, True, ""
    item.checked_by = item.checked_at = item.received_at = item.received_by = None
    item.forward = ForwardMark.NONE
