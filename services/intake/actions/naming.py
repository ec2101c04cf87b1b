"""An author names who is in it with him: colleagues who write on his draft, and units that report it together."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from services.intake.actions.drafting import put_fields, take_editable, touch_draft
from services.intake.model import Submission
from services.intake.policy.access import may_write
from services.kernel.language.events.directory import OfficerAppointed
from services.kernel.language.vocabulary import InfoType
from services.kernel.runtime.heard.organisation import list_officers
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.identity import Officer


async def colleagues_of(session: AsyncSession, submission: Submission) -> list[OfficerAppointed]:
    """Whom the author may name: who writes such items in the unit, without the one who began it."""
    if submission.unit_id is None:
        return []
    info_type = InfoType(submission.info_type) if submission.info_type else None
    officers = await list_officers(session, submission.unit_id)
    return [one for one in officers if one.officer_id != submission.created_by and may_write(one.roles, info_type)]


async def name_writers(tx: Transaction, origin_id: UUID, named: Collection[UUID], *, by: Officer) -> Submission:
    """Let these colleagues write on the draft, and no others of the unit; authors without an account stay.

    Raises:
        NotFound, NotPermitted, SubmissionNotEditable: See `take_editable`.
    """
    submission = await take_editable(tx, origin_id, by=by)
    offered = {str(one.officer_id): one.name for one in await colleagues_of(tx.session, submission)}
    kept = [one for one in submission.authors if str(one.get("officer_id")) not in offered]
    ticked = [one for one in offered if UUID(one) in named]
    submission.authors = [*kept, *({"name": offered[one], "officer_id": one, "section_id": None} for one in ticked)]
    await touch_draft(tx, submission)
    tx.audit("submission.name_writers", origin_id, by=by.ref, details={"officers": ticked})
    return submission


async def name_co_units(tx: Transaction, origin_id: UUID, named: Collection[UUID], *, by: Officer) -> Submission:
    """Report the item together with these units of the node, and no others (合报).

    Raises:
        NotFound, NotPermitted, SubmissionNotEditable: See `take_editable`.
        InvalidInput: One is no unit of this node, or the officer's own.
    """
    submission = await take_editable(tx, origin_id, by=by)
    await put_fields(tx, submission, {"co_units": list(named)}, by=by)
    return submission
