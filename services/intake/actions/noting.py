"""What facts from elsewhere do to an item here: history, status, copies. All of it commutes across topics."""

from __future__ import annotations

from datetime import datetime

from services.intake import store
from services.intake.actions.drafting import index_text
from services.intake.model import Attachment, EditionCopy, HistoryRow, Submission
from services.intake.policy import Step, status_after_fact
from services.kernel.language.events import parts
from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.parts import SubmissionFact
from services.kernel.language.events.review import SubmissionReturned
from services.kernel.language.vocabulary import IntakeStatus
from services.kernel.runtime.passage.noting import new_line
from services.kernel.runtime.storing.transaction import Transaction


async def note(tx: Transaction, fact: SubmissionFact | SubmissionDelivered) -> Submission | None:
    """Write the fact into its item's history; the item, or None when the fact was noted before or adds nothing.

    An item that this node has not met becomes a stub and fills in later.
    """
    line = await new_line(tx, HistoryRow, fact)
    if line is None:
        return None
    submission = await _submission_for(tx, fact)
    submission.touched_at = max(submission.touched_at, line.at)
    if submission.created_by is None:
        submission.created_at = min(submission.created_at, line.at)
    tx.session.add_all([submission, line])
    tx.signal(f"item:{submission.origin_id}")
    tx.signal(f"unit:{submission.unit_id}")
    return submission


def move(submission: Submission, step: Step, version: int) -> None:
    """Let the status follow a fact of this version, as far as the rules let it."""
    before = (IntakeStatus(submission.status), submission.submission_version)
    status, submission_version = status_after_fact(*before, step=step, step_version=version)
    submission.status, submission.submission_version = status.value, submission_version
    if status is IntakeStatus.RETURNED and before[0] is not IntakeStatus.RETURNED:
        submission.version += 1


async def keep_edition(
    tx: Transaction, submission: Submission, edition: parts.Edition, *, by_author: bool = False
) -> None:
    """Keep a copy of a text; the copy that is there stays."""
    place = (submission.origin_id, edition.node, by_author, edition.number)
    if await tx.session.get(EditionCopy, place) is None:
        tx.session.add(EditionCopy(origin_id=submission.origin_id, by_author=by_author, **edition.model_dump()))
        await tx.session.flush()


async def keep_content(tx: Transaction, submission: Submission, item: parts.Item, content: parts.Content) -> None:
    """Keep the text and files that a hop carried; an item written here keeps its author's own."""
    await keep_edition(tx, submission, content.edition, by_author=await _is_authors(tx, item, content.edition))
    is_newer = (item.version, item.hop) > (submission.text_version, submission.text_hop)
    if submission.created_by is not None or not is_newer:
        return
    submission.text_version, submission.text_hop = item.version, item.hop
    submission.is_stub = False
    submission.details = {}
    submission.put_fields(content.values)
    for file in content.attachments:
        await _keep_file(tx, submission, file, content.edition.edited_at)
    await index_text(tx, submission)


def mark_reported(submission: Submission, fact: SubmissionFact) -> None:
    """Note when and to whom the author's unit reported this version, for 未送达."""
    version = fact.item.version
    if fact.item.hops and version > submission.reported_version:
        submission.reported_version = version
        submission.reported_at = fact.at
        submission.reported_to = fact.item.hops[-1].to_node


def mark_delivered(submission: Submission, hop: int, version: int) -> None:
    """Note that the first receiver holds this version."""
    if hop == 1:
        submission.delivered_version = max(submission.delivered_version, version)


def put_back(submission: Submission, fact: SubmissionReturned) -> None:
    """Put the item back among its author's drafts, with the reason; a return further up goes to the office below it."""
    version = fact.item.version
    if fact.item.hop > 1:
        return
    move(submission, Step.RETURN, version)
    if version > submission.returned_version:
        submission.returned_version = version
        submission.returned = {
            "reason_code": fact.reason_code,
            "reason": fact.reason,
            "by": fact.by.name,
            "unit": fact.by.unit_name,
            "node": fact.node,
            "at": fact.at.isoformat(),
            "version": version,
        }


async def _submission_for(tx: Transaction, fact: SubmissionFact | SubmissionDelivered) -> Submission:
    origin_id = fact.origin_id if isinstance(fact, SubmissionDelivered) else fact.item.origin_id
    submission = await store.lock_submission(tx.session, origin_id)
    if submission is None:
        submission = Submission(
            origin_id=origin_id,
            origin_node="",
            status=IntakeStatus.SUBMITTED.value,
            is_stub=True,
            created_at=fact.at,
            touched_at=fact.at,
        )
        tx.session.add(submission)
        await tx.session.flush()
    if isinstance(fact, SubmissionDelivered):
        submission.info_type = submission.info_type or fact.info_type.value
    else:
        _keep_head(submission, fact.item)
    return submission


async def _is_authors(tx: Transaction, item: parts.Item, edition: parts.Edition) -> bool:
    """Whether a carried text is the author's own: what was reported first, or sent on as it was."""
    if item.hop <= 1 or edition.node != item.origin_node:
        return item.hop <= 1
    handed_in = await tx.session.get(EditionCopy, (item.origin_id, edition.node, True, edition.number))
    return handed_in is not None and (handed_in.title, handed_in.body) == (edition.title, edition.body)


def _keep_head(submission: Submission, item: parts.Item) -> None:
    if submission.created_by is None:
        submission.origin_node = item.origin_node
        submission.info_type = item.info_type.value
        submission.unit_id, submission.unit_name = item.unit_id, item.unit_name
        submission.system, submission.co_units = item.system.value, item.co_units
        submission.number = submission.number or item.number
        submission.title = submission.title or item.title
    if len(item.hops) > len(submission.hops):
        submission.hops = item.hops


async def _keep_file(tx: Transaction, submission: Submission, file: parts.Attachment, added_at: datetime) -> None:
    if await tx.session.get(Attachment, file.attachment_id) is None:
        tx.session.add(Attachment(origin_id=submission.origin_id, added_at=added_at, **file.model_dump()))
