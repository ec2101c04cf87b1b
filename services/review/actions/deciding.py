"""What an office's editors decide about an item: taken in, returned, declined, kept."""

from __future__ import annotations

from uuid import UUID

from services.kernel.language.events.review import SubmissionDeclined, SubmissionReceived, SubmissionReturned
from services.kernel.language.vocabulary import DeclineReason, ReturnReason, ReviewStatus
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer
from services.kernel.runtime.web.sentences import label_at
from services.review.actions.admitting import admit
from services.review.actions.telling import head_of, note_inside, tell, touch
from services.review.model import ReviewItem
from services.review.model.inputs import NewReturn
from services.review.policy import Verb
from services.review.policy.texts import clean_reason, sentence


async def receive_submission(tx: Transaction, origin_id: UUID, *, by: Officer) -> ReviewItem:
    """An editor of the receiving office takes the item in (已签收); a second time does nothing."""
    item = await admit(tx, origin_id, Verb.RECEIVE, by=by)
    await take_in(tx, item, by=by)
    return item


async def take_in(tx: Transaction, item: ReviewItem, *, by: Officer) -> None:
    """Mark the item as taken in, which any decision implies."""
    if item.received_at is not None or not item.is_here:
        return
    item.received_at, item.received_by = tx.now, by.ref
    await tell(tx, SubmissionReceived(item=head_of(item), at=tx.now, node=tx.node.node_id, by=by.ref))
    touch(tx, item, is_new_version=False)


async def return_submission(
    tx: Transaction, origin_id: UUID, *, by: Officer, reason_code: ReturnReason, reason: str, version: int | None = None
) -> ReviewItem:
    """Send the item back one hop, or inside the author's unit, with a reason that can be acted on."""
    item = await admit(tx, origin_id, Verb.RETURN, by=by, version=version)
    reason = sentence("reason", label_at(NewReturn, ["reason"]), reason)
    await take_in(tx, item, by=by)
    item.status, item.note, item.decided_at = ReviewStatus.RETURNED, f"{reason_code.label}：{reason}", tx.now
    touch(tx, item)
    await tell(
        tx,
        SubmissionReturned(
            item=head_of(item), at=tx.now, node=tx.node.node_id, reason_code=reason_code, reason=reason, by=by.ref
        ),
    )
    tx.audit("review.returned", origin_id, by=by.ref, details={"reason_code": reason_code, "reason": reason})
    return item


async def decline_submission(
    tx: Transaction,
    origin_id: UUID,
    *,
    by: Officer,
    reason_code: DeclineReason,
    reason: str = "",
    version: int | None = None,
) -> ReviewItem:
    """The office will not use the item (未采用)."""
    item = await admit(tx, origin_id, Verb.DECLINE, by=by, version=version)
    reason = clean_reason("reason", "说明", reason, is_required=reason_code is DeclineReason.OTHER)
    await take_in(tx, item, by=by)
    item.status, item.decided_at = ReviewStatus.DECLINED, tx.now
    item.note = f"{reason_code.label}：{reason}" if reason else reason_code.label
    touch(tx, item)
    await tell(
        tx,
        SubmissionDeclined(
            item=head_of(item), at=tx.now, node=tx.node.node_id, reason_code=reason_code, reason=reason, by=by.ref
        ),
    )
    tx.audit("review.declined", origin_id, by=by.ref, details={"reason_code": reason_code, "reason": reason})
    return item


async def keep_submission(tx: Transaction, origin_id: UUID, *, by: Officer, version: int | None = None) -> ReviewItem:
    """Put the item aside for later use (备用); only this office sees that."""
    item = await admit(tx, origin_id, Verb.KEEP, by=by, version=version)
    await take_in(tx, item, by=by)
    item.status, item.decided_at = ReviewStatus.KEPT, tx.now
    touch(tx, item)
    await note_inside(tx, item, "kept", "留作备用", by=by.ref)
    tx.audit("review.kept", origin_id, by=by.ref)
    return item


async def reopen_submission(tx: Transaction, origin_id: UUID, *, by: Officer, version: int | None = None) -> ReviewItem:
    """Take a kept item back into the queue."""
    item = await admit(tx, origin_id, Verb.REOPEN, by=by, version=version)
    item.status, item.decided_at = ReviewStatus.OPEN, None
    touch(tx, item)
    await note_inside(tx, item, "reopened", "取消备用", by=by.ref)
    tx.audit("review.reopened", origin_id, by=by.ref)
    return item
