"""An uploaded file is checked and stored before the transaction begins."""

from __future__ import annotations

import asyncio

from fastapi import Request
from starlette.datastructures import UploadFile

from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput
from services.kernel.runtime.files import StoredFile
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.uploads import AttachmentTooLarge, CheckedUpload, inspect_upload

_FORM_AROUND_A_FILE_BYTES = 2 * 1024 * 1024


async def take_in_file(request: Request, context: ServiceContext) -> tuple[CheckedUpload, StoredFile]:
    """The form's part `file`, checked by content and stored under its digest.

    Raises:
        InvalidInput: There is none.
        AttachmentTooLarge and its kin: See `inspect_upload`.
    """
    most = context.settings.attachment_limit_mb * 1024 * 1024
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most + _FORM_AROUND_A_FILE_BYTES:
        raise AttachmentTooLarge
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput("请选择要上传的文件。", errors=[FieldError("file", "missing", "请选择文件。").as_dict()])

    def take_in() -> tuple[CheckedUpload, StoredFile]:
        return inspect_upload(file.filename or "", file.file, max_bytes=most), context.files.put(file.file)

    try:
        return await asyncio.to_thread(take_in)
    finally:
        await file.close()
