"""Files of an item: taken in while they stream, handed out to those who may read the item."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import IO, Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile

from services.intake import actions, store
from services.intake.api.limits import limited_router
from services.intake.api.views import attachment_view
from services.intake.model import Attachment
from services.kernel.language.refusal import InvalidInput, NotFound
from services.kernel.runtime.files import StoredFile
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.transaction import Transaction
from services.kernel.runtime.uploads import CheckedUpload, inspect_upload
from services.kernel.runtime.web import Context, Me, Node, Reading, Tx, etag

router = limited_router(prefix="/api/v1/submissions/{origin_id}/attachments")

_STEP_BYTES = 256 * 1024


async def take_in(file: UploadFile, context: ServiceContext) -> tuple[CheckedUpload, StoredFile]:
    """Check an uploaded file and store its content; it belongs to no item yet.

    Raises:
        AttachmentTypeNotAllowed and its kin: See `inspect_upload`.
    """
    limit_bytes = context.settings.attachment_limit_mb * 1024 * 1024

    def check_and_store() -> tuple[CheckedUpload, StoredFile]:
        checked = inspect_upload(file.filename or "", file.file, max_bytes=limit_bytes)
        return checked, context.files.put(file.file)

    return await asyncio.to_thread(check_and_store)


async def _uploaded(request: Request, _me: Me, context: Context) -> tuple[CheckedUpload, StoredFile]:
    """The form's part `file`, taken in before the transaction begins."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput(
            "请选择要上传的文件。", errors=[{"field": "file", "code": "missing", "message": "请选择文件"}]
        )
    return await take_in(file, context)


TakenIn = Annotated[tuple[CheckedUpload, StoredFile], Depends(_uploaded)]


@router.post("", status_code=201)
async def attach(origin_id: UUID, me: Me, upload: TakenIn, tx: Tx, response: Response) -> dict[str, Any]:
    attachment = await actions.attach_file(tx, me, origin_id, *upload)
    await _say_version(tx, origin_id, response)
    return attachment_view(attachment)


@router.delete("/{attachment_id}", status_code=204)
async def remove(origin_id: UUID, attachment_id: UUID, me: Me, tx: Tx, response: Response) -> None:
    await actions.remove_attachment(tx, me, origin_id, attachment_id)
    await _say_version(tx, origin_id, response)


@router.get("/{attachment_id}")
async def download(
    origin_id: UUID, attachment_id: UUID, *, me: Me, session: Reading, node: Node, context: Context
) -> StreamingResponse:
    await actions.open_submission(session, me, origin_id, node.node_id)
    attachment = await session.get(Attachment, attachment_id)
    if attachment is None or attachment.origin_id != origin_id:
        raise NotFound
    return _as_download(attachment, await asyncio.to_thread(context.files.open, attachment.sha256))


async def _say_version(tx: Transaction, origin_id: UUID, response: Response) -> None:
    """Files count as changes of the item: whoever writes on goes on from this version."""
    submission = await store.find_submission(tx.session, origin_id)
    if submission is not None:
        etag(response, submission.version)


def _as_download(attachment: Attachment, file: IO[bytes]) -> StreamingResponse:
    # Always a download: nothing that somebody uploaded is shown inside our pages.
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.filename, safe='')}",
        "Content-Length": str(attachment.size),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_steps(file), media_type=attachment.media_type, headers=headers)


def _steps(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while step := file.read(_STEP_BYTES):
            yield step
