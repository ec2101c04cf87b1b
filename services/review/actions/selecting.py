"""Into an issue and out of it again (拟采用), until the issue is signed."""

from __future__ import annotations

from uuid import UUID

from services.kernel.language.vocabulary import AdoptionMode, ReviewStatus
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer
from services.review.actions.admitting import admit
from services.review.actions.deciding import take_in
from services.review.actions.telling import note_inside, touch
from services.review.model import Adoption, AdoptionStatus, Issue, Periodical, ReviewItem, Series
from services.review.policy import AlreadyInPeriodical, IssueAlreadySigned, NotInThisState, Verb
from services.review.store import issues


async def select_submission(
    tx: Transaction,
    origin_id: UUID,
    *,
    by: Officer,
    periodical_id: UUID,
    mode: AdoptionMode | None = None,
    issue_id: UUID | None = None,
    version: int | None = None,
) -> Adoption:
    """Give the item the last place in the periodical's current draft, or in the draft named.

    Without a `mode` an item is adopted as it was reported: by several units together as 联合.

    Raises:
        PeriodicalNotFound, IssueNotFound: Unknown.
        AlreadyInPeriodical: The periodical has it, or had it in print.
    """
    periodical = await issues.lock_periodical(tx.session, periodical_id)
    item = await admit(tx, origin_id, Verb.ADOPT, by=by, version=version)
    if any(live.periodical_id == periodical_id for live in await issues.list_live_adoptions(tx.session, origin_id)):
        raise AlreadyInPeriodical
    issue = await _draft_for(tx, periodical, issue_id, by)
    await take_in(tx, item, by=by)
    mode = mode or item.adopted_as
    adoption = Adoption(
        origin_id=origin_id,
        issue_id=issue.issue_id,
        periodical_id=periodical_id,
        mode=mode,
        place=await issues.next_place(tx.session, issue.issue_id),
        selected_by=by.ref,
        selected_at=tx.now,
    )
    tx.session.add(adoption)
    item.status, item.decided_at = ReviewStatus.SELECTED, tx.now
    touch(tx, item)
    touch_issue(tx, issue)
    await note_inside(tx, item, "selected", f"拟采用，《{periodical.title}》", by=by.ref)
    tx.audit("review.selected", origin_id, by=by.ref, details={"adoption_id": adoption.adoption_id, "mode": mode})
    return adoption


async def unselect_submission(
    tx: Transaction, origin_id: UUID, *, by: Officer, adoption_id: UUID | None = None, version: int | None = None
) -> ReviewItem:
    """Take the item out of the draft it stands in; it is open again.

    Raises:
        NotInThisState: It stands in no draft.
    """
    item = await admit(tx, origin_id, Verb.UNSELECT, by=by, version=version)
    standing = [
        live for live in await issues.list_live_adoptions(tx.session, origin_id) if _may_leave(live, adoption_id)
    ]
    if not standing:
        raise NotInThisState
    issue = await issues.lock_issue(tx.session, standing[0].issue_id)
    if not issue.is_draft:
        raise IssueAlreadySigned
    await take_out(tx, item, standing[0], by=by)
    touch_issue(tx, issue)
    return item


async def take_out(tx: Transaction, item: ReviewItem, adoption: Adoption, *, by: Officer) -> None:
    """End the item's place in a draft and give it the state it has without it."""
    adoption.status, adoption.ended_at = AdoptionStatus.TAKEN_OUT, tx.now
    tx.session.add(adoption)
    await tx.session.flush()
    item.status = await state_without_draft(tx, item)
    touch(tx, item)
    await note_inside(tx, item, "taken_out", "移出刊物", by=by.ref)
    tx.audit("review.unselected", item.origin_id, by=by.ref, details={"adoption_id": adoption.adoption_id})


async def state_without_draft(tx: Transaction, item: ReviewItem) -> ReviewStatus:
    """The state that follows from the places which the item still has."""
    left = {live.status for live in await issues.list_live_adoptions(tx.session, item.origin_id)}
    if AdoptionStatus.SELECTED in left:
        return ReviewStatus.SELECTED
    return ReviewStatus.ADOPTED if AdoptionStatus.ADOPTED in left else ReviewStatus.OPEN


def touch_issue(tx: Transaction, issue: Issue) -> None:
    """Mark the issue as changed now and wake the pages that show it."""
    issue.version += 1
    issue.touched_at = tx.now
    tx.session.add(issue)
    tx.signal("issues")
    tx.signal(f"issue:{issue.issue_id}")


def new_draft(tx: Transaction, periodical: Periodical, *, by: Officer, series: Series = Series.REGULAR) -> Issue:
    """Begin an issue with what the periodical's issues start from."""
    issue = Issue(
        periodical_id=periodical.periodical_id,
        series=series,
        mark=periodical.mark,
        report_to=periodical.report_to,
        send_to=periodical.send_to,
        distribute_to=periodical.distribute_to,
        copies=periodical.copies,
        created_by=by.ref,
        created_at=tx.now,
        touched_at=tx.now,
    )
    tx.session.add(issue)
    tx.signal("issues")
    return issue


async def _draft_for(tx: Transaction, periodical: Periodical, issue_id: UUID | None, by: Officer) -> Issue:
    if issue_id is None:
        draft = await issues.current_draft(tx.session, periodical.periodical_id)
        return draft or new_draft(tx, periodical, by=by)
    issue = await issues.lock_issue(tx.session, issue_id)
    if issue.periodical_id != periodical.periodical_id:
        raise issues.IssueNotFound
    if not issue.is_draft:
        raise IssueAlreadySigned
    return issue


def _may_leave(adoption: Adoption, adoption_id: UUID | None) -> bool:
    is_meant = adoption_id is None or adoption.adoption_id == adoption_id
    return is_meant and adoption.status is AdoptionStatus.SELECTED
