"""Signed issues come back with their numbers, and with the places of items in them."""

from __future__ import annotations

from typing import Any

from services.kernel.language.events.issues import IssuePublished
from services.kernel.language.events.parts import SignOff
from services.kernel.language.events.review import SubmissionAdopted
from services.kernel.language.vocabulary import SignMode
from services.kernel.runtime.storing.transaction import Transaction
from services.review.actions.replaying.again import nobody, take_again
from services.review.actions.replaying.periodicals import require_periodical
from services.review.actions.selecting import state_without_draft
from services.review.actions.telling import touch
from services.review.model import Adoption, AdoptionStatus, Issue, IssueStatus, ReviewItem, Series
from services.review.store import issues
from services.review.store.items import current_text, lock_item
from services.review.store.sources import source_names

_PRINTED = ("note", "mark", "report_to", "send_to", "distribute_to", "copies")


async def bring_back_adopted(tx: Transaction, fact: SubmissionAdopted) -> None:
    """The item stands in a signed issue, whose number is taken for ever."""
    await _require_issue(tx, fact)
    again = await take_again(tx, fact)
    adoption = await tx.session.get(Adoption, fact.adoption_id)
    if adoption is not None and adoption.status is AdoptionStatus.ADOPTED:
        return
    item = again.item if again else await lock_item(tx.session, fact.item.origin_id)
    assert item is not None, "an adoption's line is in the history of an item"
    await _put_adoption(tx, fact, adoption, item)
    item.status, item.decided_at = await state_without_draft(tx, item), fact.at
    touch(tx, item)


async def bring_back_published(tx: Transaction, fact: IssuePublished) -> None:
    """The issue is signed, with what was printed; whatever else the backup had in its draft was not in it."""
    issue = await _require_issue(tx, fact)
    if issue.sign_off is not None:
        return
    issue.sign_off = fact.sign_off or SignOff(
        signed_by=fact.signed_by, sign_mode=SignMode.ONLINE, recorded_by=nobody(), signed_at=fact.at
    )
    for name in _PRINTED if fact.sign_off else ():
        setattr(issue, name, getattr(fact, name))
    if issue.number is None:
        issue.note = _says_double(fact.issue_no, issue.note)
    tx.session.add(issue)
    await _keep_order(tx, fact)
    await _leave_out(tx, issue, fact)


async def _require_issue(tx: Transaction, fact: SubmissionAdopted | IssuePublished) -> Issue:
    """The issue, signed under its number. Of two that went out under one number the second here has none."""
    issue = await tx.session.get(Issue, fact.issue_id, with_for_update=True)
    if issue is not None and not issue.is_draft:
        return issue
    periodical = await require_periodical(tx, fact)
    issue = issue or Issue(
        issue_id=fact.issue_id, periodical_id=periodical.periodical_id, created_at=tx.now, touched_at=tx.now, version=0,
        **{name: getattr(periodical, name) for name in _PRINTED if name != "note"},
    )  # fmt: skip
    issue.series, issue.year = Series(fact.series), fact.issue_year
    place = (issue.periodical_id, fact.issue_year, issue.series)
    if await issues.number_is_free(tx.session, *place, number=fact.issue_no):
        issue.number = fact.issue_no
    else:
        issue.note = _says_double(fact.issue_no, issue.note)
    issue.status, issue.signed_at = IssueStatus.SIGNED, fact.at
    issue.version, issue.touched_at = issue.version + 1, tx.now
    tx.session.add(issue)
    await tx.session.flush()
    tx.signal("issues")
    tx.signal(f"issue:{issue.issue_id}")
    return issue


def _says_double(number: int, note: str) -> str:
    said = f"期号与另一期重复：第{number}期。"
    return f"{said}{note.removeprefix(said)}"[:2000]


async def _put_adoption(tx: Transaction, fact: SubmissionAdopted, adoption: Adoption | None, item: ReviewItem) -> None:
    """Give the item its place. A place in another draft of this periodical, taken since, gives way."""
    for live in await issues.list_live_adoptions(tx.session, item.origin_id):
        if live.periodical_id == fact.periodical_id and live.adoption_id != fact.adoption_id:
            live.status, live.ended_at = AdoptionStatus.TAKEN_OUT, fact.at
            tx.session.add(live)
    await tx.session.flush()
    adoption = adoption or Adoption(
        adoption_id=fact.adoption_id,
        origin_id=item.origin_id,
        issue_id=fact.issue_id,
        periodical_id=fact.periodical_id,
        mode=fact.mode,
        place=await issues.next_place(tx.session, fact.issue_id),
        selected_by=nobody(),
        selected_at=fact.at,
    )
    text = await current_text(tx.session, item)
    adoption.title, adoption.body = text.title, text.body
    adoption.source = (await source_names(tx.session, tx.node.node_id, [item]))[item.origin_id]
    adoption.status, adoption.ended_at = AdoptionStatus.ADOPTED, fact.at
    tx.session.add(adoption)
    await tx.session.flush()


async def _keep_order(tx: Transaction, fact: IssuePublished) -> None:
    """Titles and sources as printed; places only where the backup did not have them in this order."""
    rows: list[Any] = [await tx.session.get(Adoption, entry.adoption_id) for entry in fact.entries]
    known = [(row, entry) for row, entry in zip(rows, fact.entries, strict=True) if row is not None]
    places = [row.place for row, _ in known]
    for place, (row, entry) in enumerate(known, start=1):
        row.title, row.source = entry.title, entry.unit_name
        if places != sorted(set(places)):
            row.place = place
        tx.session.add(row)


async def _leave_out(tx: Transaction, issue: Issue, fact: IssuePublished) -> None:
    printed = {entry.adoption_id for entry in fact.entries}
    for adoption, item in await issues.list_entries(tx.session, issue.issue_id):
        if adoption.adoption_id in printed or adoption.status is not AdoptionStatus.SELECTED:
            continue
        adoption.status, adoption.ended_at = AdoptionStatus.TAKEN_OUT, fact.at
        tx.session.add(adoption)
        await tx.session.flush()
        item.status = await state_without_draft(tx, item)
        touch(tx, item)
