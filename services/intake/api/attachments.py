"""Files of an item: taken in while they stream, handed out to those who may read the item."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import FileResponse

from services.intake import actions, store
from services.intake.actions.attaching import require_attachable
from services.intake.actions.reading import find_own
from services.intake.api.views import AttachmentView
from services.intake.model import Attachment
from services.kernel.language.refusal import NotFound
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.uploads import CheckedUpload
from services.kernel.runtime.uploads.files import StoredFile
from services.kernel.runtime.web.dependencies import Context, Me, Node, Reading, Tx, asked_first, etag, of_thing
from services.kernel.runtime.web.downloads import stored_file
from services.kernel.runtime.web.limits import edge_router, take_in_upload

router = edge_router(prefix="/api/v1/submissions/{origin_id}/attachments")


async def _taken_in(
    request: Request, origin_id: UUID, me: Me, session: Reading, context: Context
) -> tuple[CheckedUpload, StoredFile]:
    """The form's part `file`, checked and stored before the transaction begins, if the officer may add it."""
    await require_attachable(session, origin_id, by=me)
    return await take_in_upload(request, context.files)


TakenIn = Annotated[tuple[CheckedUpload, StoredFile], Depends(_taken_in)]


@router.post("", status_code=201)
@asked_first(of_thing("origin_id", find_own))
async def attach(origin_id: UUID, me: Me, upload: TakenIn, tx: Tx, response: Response) -> AttachmentView:
    attachment = await actions.attach_file(tx, origin_id, *upload, by=me)
    await _say_version(tx, origin_id, response)
    return AttachmentView.read(attachment)


@router.delete("/{attachment_id}", status_code=204)
async def remove(origin_id: UUID, attachment_id: UUID, me: Me, tx: Tx, response: Response) -> None:
    await actions.remove_attachment(tx, origin_id, attachment_id, by=me)
    await _say_version(tx, origin_id, response)


@router.get("/{attachment_id}")
async def download(
    origin_id: UUID, attachment_id: UUID, *, me: Me, session: Reading, node: Node, context: Context
) -> FileResponse:
    await actions.open_submission(session, origin_id, node.node_id, by=me)
    attachment = await session.get(Attachment, attachment_id)
    if attachment is None or attachment.origin_id != origin_id:
        raise NotFound
    return await stored_file(context.files, attachment.sha256, attachment.filename, attachment.media_type)


async def _say_version(tx: Transaction, origin_id: UUID, response: Response) -> None:
    """Files count as changes of the item: whoever writes on goes on from this version."""
    submission = await store.find_submission(tx.session, origin_id)
    if submission is not None:
        etag(response, submission.version)
