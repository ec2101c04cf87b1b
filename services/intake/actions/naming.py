"""An author names the colleagues who write with him: they read his draft and write on it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from services.intake.actions.drafting import take_editable, touch_draft
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


async def name_writers(tx: Transaction, officer: Officer, origin_id: UUID, named: Collection[UUID]) -> Submission:
    """Let these colleagues write on the draft, and no others of the unit; authors without an account stay.

    Raises:
        NotFound, NotPermitted, SubmissionNotEditable: See `take_editable`.
    """
    submission = await take_editable(tx, officer, origin_id)
    offered = {str(one.officer_id): one.name for one in await colleagues_of(tx.session, submission)}
    kept = [one for one in submission.authors if str(one.get("officer_id")) not in offered]
    ticked = [one for one in offered if UUID(one) in named]
    submission.authors = [*kept, *({"name": offered[one], "officer_id": one, "section_id": None} for one in ticked)]
    await touch_draft(tx, submission)
    tx.audit("submission.name_writers", origin_id, by=officer.ref, details={"officers": ticked})
    return submission
