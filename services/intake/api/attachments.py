"""Files of an item: taken in while they stream, handed out to those who may read the item."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import IO, Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from services.intake import actions, store
from services.intake.actions.attaching import require_attachable
from services.intake.api.views import AttachmentView
from services.intake.model import Attachment
from services.kernel.language.refusal import NotFound
from services.kernel.runtime.files import StoredFile
from services.kernel.runtime.limits import attachment_limit_bytes, edge_router, uploaded_file
from services.kernel.runtime.transaction import Transaction
from services.kernel.runtime.uploads import CheckedUpload, take_in
from services.kernel.runtime.web import Context, Me, Node, Reading, Tx, etag

router = edge_router(prefix="/api/v1/submissions/{origin_id}/attachments")

_STEP_BYTES = 256 * 1024


async def _taken_in(
    request: Request, origin_id: UUID, me: Me, session: Reading, context: Context
) -> tuple[CheckedUpload, StoredFile]:
    """The form's part `file`, checked and stored before the transaction begins, if the officer may add it."""
    await require_attachable(session, me, origin_id)
    file = await uploaded_file(request)
    return await take_in(context.files, file.filename or "", file.file, limit_bytes=attachment_limit_bytes(request))


TakenIn = Annotated[tuple[CheckedUpload, StoredFile], Depends(_taken_in)]


@router.post("", status_code=201)
async def attach(origin_id: UUID, me: Me, upload: TakenIn, tx: Tx, response: Response) -> AttachmentView:
    attachment = await actions.attach_file(tx, me, origin_id, *upload)
    await _say_version(tx, origin_id, response)
    return AttachmentView.read(attachment)


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
