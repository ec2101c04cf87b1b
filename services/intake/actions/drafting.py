"""Writing: drafts are made, changed as they are typed, copied, thrown away and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.intake import store
from services.intake.actions.reading import open_submission, require_own, require_writer, take_own
from services.intake.model import Submission
from services.intake.policy import Step, next_status, next_version, unfit_for_draft
from services.intake.policy.offers import discarding_blocker, editing_blocker
from services.intake.policy.refusals import BodyTooLong
from services.kernel.language.events.directory import UnitRegistered
from services.kernel.language.events.parts import UnitRef
from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput, StaleVersion
from services.kernel.language.vocabulary import IntakeStatus
from services.kernel.language.vocabulary.item_fields import FIELD
from services.kernel.runtime.heard.organisation import list_units
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.web.identity import Officer

_NOT_COPIED = frozenset({"authors", "co_units", "non_secret_declared"})


async def create_draft(tx: Transaction, values: Mapping[str, Any], *, by: Officer) -> Submission:
    """Begin an item of the officer's unit with any subset of its fields.

    Raises:
        NotPermitted: His roles do not write.
        InvalidInput: A field is too long or out of range.
    """
    require_writer(by, values.get("info_type") or "")
    _require_fit(values)
    values = await _with_units(tx, values, by)
    submission = Submission(
        origin_id=new_id(),
        origin_node=tx.node.node_id,
        unit_id=by.unit_id,
        unit_name=by.unit_name,
        created_by=by.officer_id,
        created_by_name=by.name,
        created_at=tx.now,
        touched_at=tx.now,
    )
    submission.put_fields(values)
    tx.session.add(submission)
    await tx.session.flush()
    await index_text(tx, submission)
    tx.signal(f"unit:{submission.unit_id}")
    return submission


async def change_draft(
    tx: Transaction, origin_id: UUID, values: Mapping[str, Any], *, by: Officer, version: int
) -> Submission:
    """Change any subset of a draft's fields; the first change of a returned item begins its next version.

    Raises:
        NotFound, NotPermitted: See `take_own`; items of the type that it would become are not his to write either.
        StaleVersion: It was changed since `version` was read.
        SubmissionNotEditable: It is submitted.
        InvalidInput: A field is too long or out of range.
    """
    submission = await take_editable(tx, origin_id, by=by)
    if "info_type" in values:
        require_writer(by, values["info_type"] or "")
    _require_fit(values)  # before the version: what is too long is not compared with what is there
    if submission.version != version:
        raise StaleVersion(version=submission.version)
    await put_fields(tx, submission, values, by=by)
    return submission


async def copy_submission(tx: Transaction, origin_id: UUID, *, by: Officer) -> Submission:
    """Begin a new draft with the text and fields of another item that is his unit's to write.

    Whoever reads another unit's item in the office and writes for his own does not make the one the other's.

    Raises:
        NotFound, NotPermitted, ItemErased: See `take_own`.
    """
    source = require_own(await open_submission(tx.session, origin_id, tx.node.node_id, by=by), by)
    values = source.field_values
    return await create_draft(tx, {name: values[name] for name in values.keys() - _NOT_COPIED}, by=by)


async def discard_draft(tx: Transaction, origin_id: UUID, *, by: Officer) -> Submission:
    """Throw away a draft that was never submitted; `restore_draft` takes it back.

    Raises:
        SubmissionNotDiscardable: It was submitted before.
    """
    submission = await take_own(tx, origin_id, by=by)
    if blocker := discarding_blocker(IntakeStatus(submission.status), submission.submission_version):
        raise blocker
    submission.discarded_at = tx.now
    await touch_draft(tx, submission)
    await store.TEXT_INDEX.remove(tx.session, submission.origin_id)
    tx.audit("submission.discard", origin_id, by=by.ref)
    return submission


async def restore_draft(tx: Transaction, origin_id: UUID, *, by: Officer) -> Submission:
    """Take back a draft that was thrown away; an item that was not stays as it is."""
    submission = await take_own(tx, origin_id, by=by, with_discarded=True)
    if submission.discarded_at is None:
        return submission
    submission.discarded_at = None
    await touch_draft(tx, submission)
    await index_text(tx, submission)
    tx.audit("submission.restore", origin_id, by=by.ref)
    return submission


async def take_editable(tx: Transaction, origin_id: UUID, *, by: Officer) -> Submission:
    """An own item that may be changed now, held for writing.

    Raises:
        SubmissionNotEditable: It is submitted.
    """
    return require_editable(await take_own(tx, origin_id, by=by))


def require_editable(submission: Submission) -> Submission:
    """The item, while it may be changed.

    Raises:
        SubmissionNotEditable: It is submitted.
    """
    if blocker := editing_blocker(IntakeStatus(submission.status)):
        raise blocker
    return submission


async def put_fields(tx: Transaction, submission: Submission, values: Mapping[str, Any], *, by: Officer) -> None:
    """Set these fields of an item that is held for writing.

    Raises:
        InvalidInput: A unit that is to report it too is no unit of this node, or the officer's own.
    """
    submission.put_fields(await _with_units(tx, values, by))
    await touch_draft(tx, submission)
    await index_text(tx, submission)


async def touch_draft(tx: Transaction, submission: Submission) -> None:
    """Count a change; a returned item becomes the draft of its next version."""
    status = IntakeStatus(submission.status)
    if status is IntakeStatus.RETURNED:
        submission.submission_version = next_version(status, submission.submission_version, Step.AMEND)
        submission.status = next_status(status, Step.AMEND).value
    submission.version += 1
    submission.touched_at = tx.now
    tx.session.add(submission)
    await tx.session.flush()
    tx.signal(f"item:{submission.origin_id}")
    tx.signal(f"unit:{submission.unit_id}")


async def index_text(tx: Transaction, submission: Submission) -> None:
    """Make the item findable by what it says now."""
    text = (
        f"{submission.title}\n{submission.body}\n{submission.author_name}\n{submission.unit_name}\n{submission.number}"
    )
    await store.TEXT_INDEX.put(tx.session, submission.origin_id, text)


async def other_units(session: AsyncSession, node_id: str, own: UUID | None) -> list[UnitRegistered]:
    """With which an item of this unit may be reported together (合报): the other units of its node in use."""
    return [one for one in await list_units(session) if one.node_id == node_id and one.unit_id != own]


async def _with_units(tx: Transaction, values: Mapping[str, Any], by: Officer) -> Mapping[str, Any]:
    """The values, their co-reporting units with the names that they bear today.

    Raises:
        InvalidInput: One is no unit of this node, or the officer's own.
    """
    if not values.get("co_units"):
        return values
    names = {one.unit_id: one.name for one in await other_units(tx.session, tx.node.node_id, by.unit_id)}
    chosen = dict.fromkeys(values["co_units"])
    if not names.keys() >= chosen.keys():
        text = f"“{FIELD['co_units'].label}”请从本级其他在用单位中选择。"
        raise InvalidInput(text, errors=[FieldError("co_units", "unknown_unit", text).as_dict()])
    return {**values, "co_units": [UnitRef(unit_id=one, name=names[one]) for one in chosen]}


def _require_fit(values: Mapping[str, Any]) -> None:
    errors = unfit_for_draft(values)
    if not errors:
        return
    is_long_body = any(error.field == "body" and error.code == "too_long" for error in errors)
    raise (BodyTooLong if is_long_body else InvalidInput)(errors=[error.as_dict() for error in errors])
