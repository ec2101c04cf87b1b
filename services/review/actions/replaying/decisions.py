"""Checked, reported, taken in, returned, declined: the decisions of the unit and of the office."""

from __future__ import annotations

from services.kernel.language.events.review import (
    SubmissionChecked,
    SubmissionDeclined,
    SubmissionReceived,
    SubmissionReportedUp,
    SubmissionReturned,
)
from services.kernel.language.vocabulary import DeclineReason, ReviewStatus
from services.kernel.runtime.storing.transaction import Transaction
from services.review.actions.hearing import return_reason
from services.review.actions.opening import place_here
from services.review.actions.replaying.again import keep_text_if_missing, take_again
from services.review.actions.telling import touch
from services.review.policy.hops import longer
from services.review.store.own_facts import is_heard_of_elsewhere, was_sent_back


async def bring_back_checked(tx: Transaction, fact: SubmissionChecked) -> None:
    """The unit's reviewer had passed the item on to the signer."""
    again = await take_again(tx, fact)
    if again is None or not again.is_newest:
        return
    item = again.item
    if not await is_heard_of_elsewhere(tx.session, fact):
        item.status = ReviewStatus.TO_SIGN
    item.checked_by, item.checked_at = fact.by, fact.at
    item.reviewer_name, item.checked_alone_reason = fact.by.name, fact.alone_reason
    touch(tx, item)


async def bring_back_reported(tx: Transaction, fact: SubmissionReportedUp) -> None:
    """The unit's signer had reported the item: to the superior, or to this node's own editors."""
    again = await take_again(tx, fact)
    if again is None:
        return
    item = again.item
    await keep_text_if_missing(tx, item, fact, fact.content)
    if not again.is_newest:
        return
    item.sign_off, item.reviewer_name = fact.sign_off, fact.reviewer_name
    hops = fact.item.hops
    if hops[-1].to_node == tx.node.node_id:
        await place_here(tx, item, fact)
        return
    is_back = await was_sent_back(tx.session, fact, hop=hops[-1].n)
    item.status = ReviewStatus.RETURNED if is_back else ReviewStatus.REPORTED
    item.hops, item.sent_hop = longer(item.hops, hops), 1
    touch(tx, item)


async def bring_back_received(tx: Transaction, fact: SubmissionReceived) -> None:
    """An editor had taken the item in (已签收)."""
    again = await take_again(tx, fact)
    if again is None or not again.is_newest or again.item.received_at is not None:
        return
    again.item.received_at, again.item.received_by = fact.at, fact.by
    touch(tx, again.item, is_new_version=False)


async def bring_back_returned(tx: Transaction, fact: SubmissionReturned) -> None:
    """The item had gone back one hop, or inside the author's unit."""
    again = await take_again(tx, fact)
    if again is None or not again.is_newest:
        return
    item = again.item
    item.status, item.note, item.decided_at = ReviewStatus.RETURNED, return_reason(fact), fact.at
    touch(tx, item)


async def bring_back_declined(tx: Transaction, fact: SubmissionDeclined) -> None:
    """The office had decided not to use the item (未采用)."""
    again = await take_again(tx, fact)
    if again is None or not again.is_newest:
        return
    item = again.item
    known = fact.reason_code in list(DeclineReason)
    label = DeclineReason(fact.reason_code).label if known else fact.reason_code
    item.status, item.decided_at = ReviewStatus.DECLINED, fact.at
    item.note = f"{label}：{fact.reason}" if fact.reason else label
    touch(tx, item)
