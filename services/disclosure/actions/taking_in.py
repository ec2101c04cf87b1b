"""An uploaded file is checked, stored and examined before the transaction begins."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request

from services.disclosure.actions.attaching import require_attachable
from services.disclosure.actions.examining import Examined, examine
from services.disclosure.store.rules import sensitive_words_text
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.uploads import CheckedUpload
from services.kernel.runtime.uploads.files import StoredFile
from services.kernel.runtime.web.identity import Officer
from services.kernel.runtime.web.limits import take_in_upload


async def take_in_file(
    request: Request, context: ServiceContext, officer: Officer, information_id: UUID
) -> tuple[CheckedUpload, StoredFile, Examined]:
    """The form's part `file`, checked by content, stored under its digest and examined, if the officer may add it.

    Raises:
        NotPermitted, NotFound, InformationStepNotPossible: He may not.
        InvalidInput: There is none.
        AttachmentTooLarge and its kin: See `inspect_upload`.
        TooBusy: Several others are being examined.
    """
    async with context.database.reading() as session:
        await require_attachable(session, officer, information_id)
        words = await sensitive_words_text(session, request.state.now)
    checked, stored = await take_in_upload(request, context.files)
    return checked, stored, await examine(context.files, stored.sha256, checked.filename, words)
