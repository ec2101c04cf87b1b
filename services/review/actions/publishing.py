"""Issues: begun, arranged, and signed, which is when 采用 is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.kernel.language.calendar import local_date
from services.kernel.language.events.issues import IssueEntry, IssuePublished
from services.kernel.language.events.review import SubmissionAdopted
from services.kernel.language.field_error import FieldError, too_long
from services.kernel.language.refusal import InvalidInput, StaleVersion
from services.kernel.language.text import clean_line, clean_text
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer
from services.kernel.runtime.web.sentences import label_at
from services.review.actions.selecting import new_draft, state_without_draft, take_out, touch_issue
from services.review.actions.signing import Signature
from services.review.actions.telling import head_of, tell, touch
from services.review.metrics import ISSUES_SIGNED
from services.review.model import Adoption, AdoptionStatus, Issue, IssueStatus, Periodical, ReviewItem, Series
from services.review.model.inputs import IssueInput
from services.review.policy import IssueAlreadySigned, issue_year, next_number
from services.review.policy.issues import Entry, issue_checks, require_issue_role, sign_blocker
from services.review.store import issues
from services.review.store.items import current_text, lock_item
from services.review.store.sources import source_names


@dataclass(frozen=True, kw_only=True)
class IssueChange:
    """What an editor changes of a draft; None leaves it as it is."""

    adoption_ids: Sequence[UUID] | None = None
    texts: dict[str, str] = field(default_factory=dict)
    copies: int | None = None


TEXT_LIMITS = {"note": 2_000, "mark": 60, "report_to": 500, "send_to": 500, "distribute_to": 500}


def require_arranger(by: Officer) -> None:
    """Let whoever puts issues together pass: the office's editors and chiefs.

    Raises:
        NotPermitted: Any other.
    """
    _require(by, Role.EDITOR, Role.CHIEF)


def require_chief(by: Officer) -> None:
    """Let whoever signs issues pass: the office's chiefs.

    Raises:
        NotPermitted: Any other.
    """
    _require(by, Role.CHIEF)


async def open_issue(tx: Transaction, *, by: Officer, periodical_id: UUID, series: Series = Series.REGULAR) -> Issue:
    """Begin another draft of a periodical."""
    require_arranger(by)
    periodical = await issues.lock_periodical(tx.session, periodical_id)
    issue = new_draft(tx, periodical, by=by, series=series)
    tx.audit("issue.opened", issue.issue_id, by=by.ref)
    return issue


async def arrange_issue(tx: Transaction, issue_id: UUID, *, by: Officer, change: IssueChange, version: int) -> Issue:
    """Set order, note and recipients of a draft; items left out of the order are open again.

    Raises:
        StaleVersion: Somebody changed the issue in between.
    """
    require_arranger(by)
    issue = await _draft(tx, issue_id, version)
    if change.adoption_ids is not None:
        await _reorder(tx, issue, change.adoption_ids, by)
    for name, text in change.texts.items():
        setattr(issue, name, _issue_text(name, text))
    if change.copies is not None:
        issue.copies = change.copies or None
    touch_issue(tx, issue)
    tx.audit("issue.arranged", issue_id, by=by.ref)
    return issue


async def sign_issue(
    tx: Transaction, issue_id: UUID, *, by: Officer, signature: Signature | None = None, version: int | None = None
) -> Issue:
    """The chief signs: the issue gets its number, each item is adopted and told.

    Raises:
        IssueNotReady: `errors` says what is still missing.
    """
    require_chief(by)
    issue = await _draft(tx, issue_id, version)
    periodical = await issues.lock_periodical(tx.session, issue.periodical_id)
    entries = await issues.list_entries(tx.session, issue_id)
    if blocker := sign_blocker(issue_checks([entry_of(item) for _, item in entries])):
        raise blocker
    issue.sign_off = (signature or Signature()).by(by, tx)
    issue.year = issue_year(tx.now)
    issue.number = next_number(await issues.last_number(tx.session, issue.periodical_id, issue.year, issue.series))
    issue.status, issue.signed_at = IssueStatus.SIGNED, tx.now
    touch_issue(tx, issue)
    printed = [await _adopt(tx, issue, periodical, adoption) for adoption, _ in entries]
    tx.tell(_published(tx, issue, periodical, printed))
    tx.after_commit(ISSUES_SIGNED.labels(tx.node.node_id).inc)
    tx.audit("issue.signed", issue_id, by=by.ref, details={"number": issue.number, "year": issue.year})
    return issue


def entry_of(item: ReviewItem) -> Entry:
    """An item of an issue as the rules of signing see it."""
    return Entry(item.title, item.sign_off is not None, item.is_here, item.open_questions)


async def _adopt(tx: Transaction, issue: Issue, periodical: Periodical, adoption: Adoption) -> Adoption:
    item = await lock_item(tx.session, adoption.origin_id)
    assert item is not None
    text = await current_text(tx.session, item)
    adoption.title, adoption.body = text.title, text.body
    adoption.source = (await source_names(tx.session, tx.node.node_id, [item]))[item.origin_id]
    adoption.status, adoption.ended_at = AdoptionStatus.ADOPTED, tx.now
    tx.session.add(adoption)
    await tx.session.flush()
    item.status, item.decided_at = await state_without_draft(tx, item), tx.now
    touch(tx, item)
    await tell(tx, _adopted(tx, issue, periodical, adoption, item))
    return adoption


def _adopted(
    tx: Transaction, issue: Issue, periodical: Periodical, adoption: Adoption, item: ReviewItem
) -> SubmissionAdopted:
    assert issue.number is not None
    assert issue.year is not None
    return SubmissionAdopted(
        item=head_of(item),
        at=tx.now,
        node=tx.node.node_id,
        adoption_id=adoption.adoption_id,
        level=tx.node.level,
        mode=adoption.mode,
        periodical_id=periodical.periodical_id,
        periodical_title=periodical.title,
        periodical_kind=periodical.kind,
        periodical_system=periodical.system,
        issue_id=issue.issue_id,
        issue_no=issue.number,
        issue_year=issue.year,
        adopted_on=local_date(tx.now),
        series=issue.series.value,
    )


def _published(tx: Transaction, issue: Issue, periodical: Periodical, printed: Sequence[Adoption]) -> IssuePublished:
    assert issue.number is not None
    assert issue.year is not None
    assert issue.sign_off is not None
    return IssuePublished(
        issue_id=issue.issue_id,
        node=tx.node.node_id,
        periodical_id=periodical.periodical_id,
        periodical_title=periodical.title,
        periodical_kind=periodical.kind,
        system=periodical.system,
        issue_no=issue.number,
        issue_year=issue.year,
        signed_by=issue.sign_off.signed_by,
        at=tx.now,
        entries=tuple(
            IssueEntry(adoption_id=a.adoption_id, origin_id=a.origin_id, title=a.title, unit_name=a.source)
            for a in printed
        ),
        series=issue.series.value,
        sign_off=issue.sign_off,
        copies=issue.copies,
        **{name: getattr(issue, name) for name in TEXT_LIMITS},
    )


async def _reorder(tx: Transaction, issue: Issue, wanted: Sequence[UUID], by: Officer) -> None:
    standing = {adoption.adoption_id: adoption for adoption, _ in await issues.list_entries(tx.session, issue.issue_id)}
    if not standing.keys() >= set(wanted):
        fault = FieldError("adoption_ids", "unknown", "有的稿件不在这一期里，请刷新后再排。")
        raise InvalidInput(fault.message, errors=[fault.as_dict()])
    for place, adoption_id in enumerate(dict.fromkeys(wanted), start=1):
        standing[adoption_id].place = place
        tx.session.add(standing[adoption_id])
    for left_out in standing.keys() - set(wanted):
        item = await lock_item(tx.session, standing[left_out].origin_id)
        assert item is not None
        await take_out(tx, item, standing[left_out], by=by)


async def _draft(tx: Transaction, issue_id: UUID, version: int | None) -> Issue:
    issue = await issues.lock_issue(tx.session, issue_id)
    if not issue.is_draft:
        raise IssueAlreadySigned(issue_no=issue.number)
    if version is not None and version != issue.version:
        raise StaleVersion(version=issue.version)
    return issue


def _require(by: Officer, *roles: Role) -> None:
    require_issue_role(by.roles, is_office=by.unit_kind is UnitKind.HEAD_OFFICE, allowed=frozenset(roles))


def _issue_text(name: str, text: str) -> str:
    cleaned = clean_text(text) if name == "note" else clean_line(text)
    if fault := too_long(name, label_at(IssueInput, [name]), len(cleaned), TEXT_LIMITS[name]):
        raise InvalidInput(fault.message, errors=[fault.as_dict()])
    return cleaned
