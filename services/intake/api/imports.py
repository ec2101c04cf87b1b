"""A .docx turned into title and body, for its author to check."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from services.intake.actions.reading import require_writer
from services.intake.api.limits import limited_router
from services.kernel.language.refusal import InvalidInput
from services.kernel.runtime.documents.reader import ImportedText, read_docx
from services.kernel.runtime.web import Me

router = limited_router(prefix="/api/v1/imports")


async def read_upload(request: Request, part: str = "file") -> ImportedText:
    """The text of the uploaded file in this part of the form.

    Raises:
        InvalidInput: There is none.
        DocumentUnreadable and its kin: See `read_docx`.
    """
    file = (await request.form()).get(part)
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput("请选择 .docx 文件。", errors=[{"field": part, "code": "missing", "message": "请选择文件"}])
    return await asyncio.to_thread(read_docx, await file.read())


@router.post("")
async def import_document(request: Request, me: Me) -> dict[str, Any]:
    require_writer(me, "")
    found = await read_upload(request)
    return {"title": found.title, "body": found.body, "warnings": list(found.warnings)}
