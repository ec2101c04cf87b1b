"""After a restore from a backup: items that were handed in since come back, whole and where they stood."""

from __future__ import annotations

from services.intake import store
from services.intake.actions.drafting import index_text
from services.intake.actions.noting import keep_edition, move
from services.intake.actions.numbering import note_number
from services.intake.model import Attachment, HistoryRow, Submission
from services.intake.policy import Step
from services.kernel.language.events.intake import SubmissionSubmitted
from services.kernel.language.vocabulary import IntakeStatus
from services.kernel.runtime.passage.noting import new_line
from services.kernel.runtime.storing.transaction import Transaction


async def bring_back_submitted(tx: Transaction, fact: SubmissionSubmitted) -> None:
    """An item was handed in: its text as it went to the reviewer, unless a later version is here."""
    submission = await store.lock_submission(tx.session, fact.item.origin_id) or _unknown(fact)
    tx.session.add(submission)
    await tx.session.flush()
    if _says_more(submission, fact):
        await _put_text(tx, submission, fact)
        move(submission, Step.SUBMIT, fact.item.version)
        submission.version += 1
    await note_number(tx, fact.item)
    submission.touched_at = max(submission.touched_at, fact.at)
    await keep_edition(tx, submission, fact.content.edition, by_author=True)
    if not await store.handing_in_is_noted(tx.session, fact.item.origin_id, fact.item.version):
        tx.session.add_all(filter(None, [await new_line(tx, HistoryRow, fact)]))
    tx.signal(f"item:{submission.origin_id}")
    tx.signal(f"unit:{submission.unit_id}")


def _says_more(submission: Submission, fact: SubmissionSubmitted) -> bool:
    """Whether the fact's text is newer than the row's.

    A draft gives way to its own handing in, never to an earlier one. `text_version` is set only where
    a text came by a fact: such a row may know of a later version than the one whose text it has.
    """
    version = fact.item.version
    if version > submission.submission_version:
        return True
    if submission.created_by is None:
        return version >= submission.text_version
    if submission.status == IntakeStatus.DRAFT:
        return version == submission.submission_version
    return 0 < submission.text_version < version


async def _put_text(tx: Transaction, submission: Submission, fact: SubmissionSubmitted) -> None:
    item, content = fact.item, fact.content
    if submission.created_by is None or submission.text_version:
        submission.text_version, submission.text_hop = item.version, 0
    if submission.created_by is None:
        submission.created_by, submission.created_by_name = fact.submitted_by.officer_id, fact.submitted_by.name
        submission.created_at = min(submission.created_at, fact.at)
    submission.is_stub, submission.discarded_at = False, None
    submission.origin_node, submission.info_type, submission.system = item.origin_node, item.info_type, item.system
    submission.unit_id, submission.unit_name = item.unit_id, item.unit_name
    submission.put_fields(content.values)  # the fields of other types stay, as in a draft
    submission.declared_by, submission.declared_at = fact.submitted_by.name, fact.at
    submission.co_units = item.co_units
    submission.number = submission.number or item.number
    if len(item.hops) > len(submission.hops):
        submission.hops = item.hops
    await _put_files(tx, fact)
    await index_text(tx, submission)


async def _put_files(tx: Transaction, fact: SubmissionSubmitted) -> None:
    """The files are those that were handed in, no more and no fewer."""
    there = {file.attachment_id: file for file in await store.list_attachments(tx.session, fact.item.origin_id)}
    for attachment_id in there.keys() - {file.attachment_id for file in fact.content.attachments}:
        await tx.session.delete(there[attachment_id])
    for file in fact.content.attachments:
        if file.attachment_id not in there:
            row = Attachment(
                **file.model_dump(), origin_id=fact.item.origin_id, added_by=fact.submitted_by.name, added_at=fact.at
            )
            tx.session.add(row)


def _unknown(fact: SubmissionSubmitted) -> Submission:
    """An item written after the backup; whoever handed it in counts as its writer."""
    return Submission(
        origin_id=fact.item.origin_id,
        origin_node=fact.item.origin_node,
        submission_version=fact.item.version,
        version=0,
        created_at=fact.at,
        touched_at=fact.at,
    )
