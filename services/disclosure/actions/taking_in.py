"""An uploaded file is checked, stored and examined before the transaction begins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from services.disclosure.actions.attaching import require_attachable
from services.disclosure.actions.examining import Examined, examine
from services.disclosure.store.rules import sensitive_words_text
from services.kernel.runtime.uploads import CheckedUpload
from services.kernel.runtime.uploads.files import StoredFile
from services.kernel.runtime.web.dependencies import Context, Me
from services.kernel.runtime.web.limits import take_in_upload


async def take_in_file(
    request: Request, information_id: UUID, me: Me, context: Context
) -> tuple[CheckedUpload, StoredFile, Examined]:
    """The form's part `file`, checked by content, stored under its digest and examined, if the officer may add it.

    Raises:
        NotPermitted, NotFound, InformationStepNotPossible: He may not.
        InvalidInput: There is none.
        AttachmentTooLarge and its kin: See `inspect_upload`.
        TooBusy: Several others are being examined.
    """
    async with context.database.reading() as session:
        await require_attachable(session, information_id, by=me)
        words = await sensitive_words_text(session, request.state.now)
    checked, stored = await take_in_upload(request, context.files)
    return checked, stored, await examine(context.files, stored.sha256, checked.filename, words)


TakenIn = Annotated[tuple[CheckedUpload, StoredFile, Examined], Depends(take_in_file)]
