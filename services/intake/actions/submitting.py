"""Handing in: a complete item goes to its unit's reviewer, for the first time or again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.intake import store
from services.intake.actions.drafting import index_text, take_editable
from services.intake.actions.numbering import give_number
from services.intake.metrics import SUBMITTED
from services.intake.model import Attachment, EditionCopy, HistoryRow, Submission
from services.intake.policy import Step, missing_for_submit, next_status, next_version
from services.intake.policy.advice import advice, blockers, sensitive
from services.intake.policy.refusals import SubmissionIncomplete
from services.kernel.language.events import parts
from services.kernel.language.events.intake import SubmissionAmended, SubmissionSubmitted
from services.kernel.language.field_error import FieldError
from services.kernel.language.vocabulary import InfoType, IntakeStatus
from services.kernel.runtime.passage.noting import head_of, tell_and_note
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer


async def submit(tx: Transaction, origin_id: UUID, *, by: Officer) -> Submission:
    """Hand the item in to the unit's reviewer; after a return, with a version one higher.

    Raises:
        SubmissionNotEditable: It is submitted already.
        SubmissionIncomplete: `errors` names what is missing, field by field.
    """
    submission = await take_editable(tx, origin_id, by=by)
    missing = what_is_missing(submission)
    if missing:
        raise SubmissionIncomplete(errors=[error.as_dict() for error in missing])
    status = IntakeStatus(submission.status)
    submission.submission_version = next_version(status, submission.submission_version, Step.SUBMIT)
    submission.status = next_status(status, Step.SUBMIT).value
    await give_number(tx, submission)
    submission.declared_by, submission.declared_at = by.name, tx.now
    submission.version += 1
    submission.touched_at = tx.now
    await index_text(tx, submission)
    edition = await _keep_edition(tx, submission, by=by)
    attachments = await store.list_attachments(tx.session, origin_id)
    kind = SubmissionSubmitted if submission.submission_version == 1 else SubmissionAmended
    fact = kind(
        item=head_of(submission, hop=0),
        at=tx.now,
        node=tx.node.node_id,
        content=_content(submission, edition, attachments),
        submitted_by=by.ref,
    )
    await tell_and_note(tx, HistoryRow, fact)
    tx.after_commit(SUBMITTED.labels(tx.node.node_id, submission.info_type).inc)
    tx.audit("submission.submit", origin_id, by=by.ref, details={"version": submission.submission_version})
    tx.signal(f"item:{origin_id}")
    tx.signal(f"unit:{submission.unit_id}")
    return submission


def what_is_missing(submission: Submission) -> list[FieldError]:
    """What stands in the way of submitting, in the order of the form."""
    return blockers(missing_for_submit(submission.field_values))


def what_is_advised(submission: Submission) -> list[FieldError]:
    """What an item of this type should say besides, and what it should perhaps not say; never in the way."""
    values = submission.field_values
    return [*advice(missing_for_submit(values)), *sensitive(values)]


async def _keep_edition(tx: Transaction, submission: Submission, *, by: Officer) -> parts.Edition:
    number = await store.next_edition_number(tx.session, submission.origin_id, tx.node.node_id)
    edition = parts.Edition(
        node=tx.node.node_id,
        number=number,
        title=submission.title,
        body=submission.body,
        edited_by=by.name,
        edited_at=tx.now,
    )
    tx.session.add(EditionCopy(origin_id=submission.origin_id, by_author=True, **edition.model_dump()))
    return edition


def _content(submission: Submission, edition: parts.Edition, attachments: list[Attachment]) -> parts.Content:
    return parts.Content(
        edition=edition,
        author_name=submission.author_name,
        author_phone=submission.author_phone,
        authors=tuple(parts.Author.model_validate(author) for author in submission.authors),
        non_secret_declared=submission.non_secret_declared,
        suggested_attribute=submission.suggested_attribute,
        attachments=tuple(parts.Attachment(**_file(one)) for one in attachments),
        **parts.type_fields(InfoType(submission.info_type), submission.details),
    )


def _file(attachment: Attachment) -> dict[str, Any]:
    return {name: getattr(attachment, name) for name in ("attachment_id", "sha256", "filename", "media_type", "size")}
