"""How items come in: from the node's own units, and from the nodes below."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.kernel.language.events.intake import SubmissionSubmitted
from services.kernel.language.events.parts import Content, Item
from services.kernel.language.events.review import SubmissionForwardedUp, SubmissionReportedUp
from services.kernel.language.vocabulary import ReviewStatus
from services.kernel.runtime.rulebooks import rules_at
from services.kernel.runtime.storing.transaction import Transaction
from services.review.actions.telling import note_fact, touch
from services.review.model import ReviewItem, SentVersion
from services.review.model.item import ForwardMark
from services.review.policy import handle_by
from services.review.policy.hops import longer
from services.review.policy.rulebooks import REVIEW_RULES
from services.review.store.issues import complete_print
from services.review.store.items import drop_own_copies, index_item, list_sent, lock_item, newest_edition
from services.review.store.own_facts import is_dealt_with

_IN_PRINT = (ReviewStatus.SELECTED, ReviewStatus.ADOPTED)


async def open_review(tx: Transaction, fact: SubmissionSubmitted) -> None:
    """Put a submitted or amended item before its own unit's reviewer."""
    if not await note_fact(tx, fact):
        return
    item = await lock_item(tx.session, fact.item.origin_id)
    await _keep_sent(tx, fact, fact.content, sender_name=fact.item.unit_name)
    if item is not None and not item.is_stub and fact.item.version <= item.submission_version:
        item.submitted_by = item.submitted_by or fact.submitted_by
        return
    was_ahead = item is not None and item.is_stub and fact.item.version <= item.submission_version
    item = item or new_item(tx, fact.item)
    if not was_ahead:
        _restart(item, fact)
    item.submitted_by = fact.submitted_by
    await show_text(tx, item, fact.content)


async def open_arrived(tx: Transaction, fact: SubmissionReportedUp | SubmissionForwardedUp) -> None:
    """Put an item that came up from below before this node's editors; facts on their way elsewhere are noted."""
    if not await note_fact(tx, fact):
        return
    hop = fact.item.hops[-1]
    if hop.to_node != tx.node.node_id:
        return
    item = await lock_item(tx.session, fact.item.origin_id)
    await _keep_sent(tx, fact, fact.content, sender_name=hop.from_unit_name)
    if item is not None and not item.is_stub and fact.item.version < item.submission_version:
        return
    if item is not None and await _went_on(tx, fact):
        await _complete(tx, item, fact)
        return
    await place_here(tx, item or new_item(tx, fact.item), fact)


async def place_here(tx: Transaction, item: ReviewItem, fact: SubmissionReportedUp | SubmissionForwardedUp) -> None:
    """Stand the item in the editors' queue as the fact says, new or continued."""
    head, hop = fact.item, fact.item.hops[-1]
    item.submission_version, item.hop, item.hops = head.version, hop.n, head.hops
    item.co_units, item.number = head.co_units, head.number
    item.sent_hop, item.forward = 0, ForwardMark.NONE
    item.is_here, item.is_stub = True, False
    item.sender_unit_id, item.sender_name = hop.from_unit_id, hop.from_unit_name
    item.sign_off = fact.sign_off
    item.reviewer_name = getattr(fact, "reviewer_name", "") or item.reviewer_name
    item.arrived_at, item.received_at, item.received_by = tx.now, None, None
    item.note = ""
    if item.status not in _IN_PRINT:
        item.status = ReviewStatus.OPEN
    await show_text(tx, item, fact.content)


async def _went_on(tx: Transaction, fact: SubmissionReportedUp | SubmissionForwardedUp) -> bool:
    """Whether this office dealt with the sending already: after a restore its own facts may be back first."""
    return await is_dealt_with(
        tx.session,
        fact.item.origin_id,
        version=fact.item.version,
        hop=fact.item.hops[-1].n,
        node=tx.node.node_id,
    )


async def _complete(tx: Transaction, item: ReviewItem, fact: SubmissionReportedUp | SubmissionForwardedUp) -> None:
    """Give an item that is decided on already the text and the sender that it lacked; its state stays."""
    hop = fact.item.hops[-1]
    item.is_here, item.hop, item.hops = True, hop.n, longer(item.hops, fact.item.hops)
    item.sender_unit_id, item.sender_name, item.sign_off = hop.from_unit_id, hop.from_unit_name, fact.sign_off
    item.reviewer_name = getattr(fact, "reviewer_name", "") or item.reviewer_name
    had_own_copy = await drop_own_copies(tx.session, item.origin_id, node=tx.node.node_id, after_hop=hop.n)
    if not item.is_stub and not had_own_copy:
        return
    own = await newest_edition(tx.session, item.origin_id, version=fact.item.version)
    await show_text(tx, item, fact.content)
    if own is not None:
        item.has_edition, item.title, item.body_length = True, own.title, len(own.body)
        await index_item(tx.session, item, own.body)
    await complete_print(tx.session, item)


def new_item(tx: Transaction, head: Item, *, is_stub: bool = False) -> ReviewItem:
    """A row for an item first heard of now; a stub until its text is here."""
    return ReviewItem(
        origin_id=head.origin_id,
        status=ReviewStatus.REPORTED if is_stub else ReviewStatus.OPEN,
        version=0,
        submission_version=head.version,
        hops=head.hops,
        is_stub=is_stub,
        sent_hop=1 if is_stub and head.origin_node == tx.node.node_id else 0,
        info_type=head.info_type,
        system=head.system,
        title=head.title,
        origin_node=head.origin_node,
        unit_id=head.unit_id,
        unit_name=head.unit_name,
        co_units=head.co_units,
        number=head.number,
        sender_name=head.unit_name,
        arrived_at=tx.now,
        handle_by=tx.now,
        touched_at=tx.now,
    )


def _restart(item: ReviewItem, fact: SubmissionSubmitted) -> None:
    """A new submission of the author's unit begins with its reviewer again."""
    item.status, item.submission_version = ReviewStatus.TO_CHECK, fact.item.version
    item.co_units, item.number = fact.item.co_units, fact.item.number
    item.is_here, item.hop, item.sent_hop = False, 0, 0
    item.sender_unit_id, item.sender_name = fact.item.unit_id, fact.item.unit_name
    item.checked_by = item.checked_at = item.sign_off = None
    item.checked_alone_reason = item.reviewer_name = item.sign_scan_sha256 = item.note = ""
    item.received_at = item.received_by = None
    item.forward = ForwardMark.NONE


async def show_text(tx: Transaction, item: ReviewItem, content: Content) -> None:
    """Show the sender's text, which overtakes an edition made of an earlier one; set the target time."""
    item.is_stub, item.has_edition = False, False
    item.title, item.body_length = content.edition.title, len(content.edition.body)
    item.arrived_at = tx.now
    rules = await rules_at(tx.session, REVIEW_RULES, tx.now)
    item.due_at = tx.now + timedelta(minutes=rules.emergency_due_minutes) if item.info_type.is_urgent else None
    item.handle_by = handle_by(item.info_type, item.arrived_at, item.due_at, rules.handle_within_hours)
    touch(tx, item)
    await index_item(tx.session, item, content.edition.body)


async def _keep_sent(tx: Transaction, fact: Any, content: Content, *, sender_name: str) -> None:
    """Keep the version as it was sent; forwarding the same version again is another attempt."""
    head = fact.item
    same = [
        row for row in await list_sent(tx.session, head.origin_id) if (row.version, row.hop) == (head.version, head.hop)
    ]
    cause = tx.cause
    tx.session.add(
        SentVersion(
            origin_id=head.origin_id,
            version=head.version,
            hop=head.hop,
            attempt=len(same) + 1,
            event_id=cause.id if cause else "",
            content=content,
            from_node=fact.node,
            sender_name=sender_name,
            reviewer_name=getattr(fact, "reviewer_name", ""),
            sign_off=getattr(fact, "sign_off", None),
            is_carried=fact.node != tx.node.node_id,
            via=list(cause.via) if cause else [],
            told_at=fact.at,
            arrived_at=tx.now,
        )
    )
