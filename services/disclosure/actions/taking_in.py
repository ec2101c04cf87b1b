"""An uploaded file is checked, stored and examined before the transaction begins."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request
from starlette.datastructures import UploadFile

from services.disclosure.actions.attaching import require_attachable
from services.disclosure.actions.examining import Examined, examine
from services.disclosure.store.rules import sensitive_words_text
from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput
from services.kernel.runtime.files import StoredFile
from services.kernel.runtime.identity import Officer
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.uploads import AttachmentTooLarge, CheckedUpload, take_in

_FORM_AROUND_A_FILE_BYTES = 2 * 1024 * 1024


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
    most = context.settings.attachment_limit_mb * 1024 * 1024
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most + _FORM_AROUND_A_FILE_BYTES:
        raise AttachmentTooLarge
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput("请选择要上传的文件。", errors=[FieldError("file", "missing", "请选择文件。").as_dict()])
    # It stays open: the edge, which closes it, reads it once more to know a repeated request by its content.
    checked, stored = await take_in(context.files, file.filename, file.file, limit_bytes=most)
    return checked, stored, await examine(context.files, stored.sha256, checked.filename, words)
