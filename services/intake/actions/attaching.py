"""Files of an item: taken in once checked and stored, taken out while it is a draft."""

from __future__ import annotations

from uuid import UUID

from services.intake import store
from services.intake.actions.drafting import require_editable, take_editable, touch_draft
from services.intake.actions.reading import find_own
from services.intake.model import Attachment
from services.intake.policy.refusals import TooManyAttachments
from services.kernel.language.refusal import NotFound
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.identifiers import new_id
from services.kernel.runtime.uploads import CheckedUpload
from services.kernel.runtime.uploads.files import StoredFile
from services.kernel.runtime.web.identity import Officer

MOST_ATTACHMENTS = 50


async def require_attachable(session: AsyncSession, origin_id: UUID, *, by: Officer) -> None:
    """Ask, before a file is stored, whether this officer may add one to the item now.

    Raises:
        NotFound, NotPermitted, SubmissionNotEditable: See `take_editable`.
    """
    require_editable(await find_own(session, origin_id, by))


async def attach_file(
    tx: Transaction, origin_id: UUID, checked: CheckedUpload, stored: StoredFile, *, by: Officer
) -> Attachment:
    """Add a file that was checked and lies in the file store; the same content under the same name counts once.

    Raises:
        TooManyAttachments: The item has as many as it may.
    """
    submission = await take_editable(tx, origin_id, by=by)
    there = await store.list_attachments(tx.session, origin_id)
    for one in there:
        if (one.sha256, one.filename) == (stored.sha256, checked.filename):
            return one
    if len(there) >= MOST_ATTACHMENTS:
        raise TooManyAttachments
    attachment = Attachment(
        attachment_id=new_id(),
        origin_id=origin_id,
        sha256=stored.sha256,
        filename=checked.filename,
        media_type=checked.media_type,
        size=stored.size,
        added_by=by.name,
        added_at=tx.now,
    )
    tx.session.add(attachment)
    await touch_draft(tx, submission)
    details = {"sha256": stored.sha256, "filename": checked.filename}
    tx.audit("submission.attach", origin_id, by=by.ref, details=details)
    return attachment


async def remove_attachment(tx: Transaction, origin_id: UUID, attachment_id: UUID, *, by: Officer) -> None:
    """Take a file out of a draft; its content stays in the store, where another item may use it.

    Raises:
        NotFound: The item has no such file.
    """
    submission = await take_editable(tx, origin_id, by=by)
    attachment = await tx.session.get(Attachment, attachment_id)
    if attachment is None or attachment.origin_id != origin_id:
        raise NotFound
    await tx.session.delete(attachment)
    await touch_draft(tx, submission)
    details = {"sha256": attachment.sha256, "filename": attachment.filename}
    tx.audit("submission.detach", origin_id, by=by.ref, details=details)
