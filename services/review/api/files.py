"""Attachments of items, handed out to those who may read the item."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi.responses import FileResponse

from services.kernel.language.refusal import NotFound
from services.kernel.runtime.uploads.files import FileStore
from services.kernel.runtime.uploads.kinds import KINDS
from services.kernel.runtime.web.dependencies import Context, Me, Now, Reading, edge_router
from services.kernel.runtime.web.downloads import stored_file
from services.review.store.sheet import ItemSheet, item_sheet

router = edge_router(prefix="/api/v1/submissions/{origin_id}")


@router.get("/attachments/{attachment_id}")
async def download(
    origin_id: UUID, attachment_id: UUID, me: Me, session: Reading, *, context: Context, now: Now
) -> FileResponse:
    sheet = await item_sheet(session, origin_id, me, now)
    attached = [a for sent in sheet.sent for a in sent.content.attachments if a.attachment_id == attachment_id]
    if not attached:
        raise NotFound
    return await stored_file(context.files, attached[-1].sha256, attached[-1].filename, attached[-1].media_type)


@router.get("/sign-scan")
async def download_scan(origin_id: UUID, me: Me, session: Reading, *, context: Context, now: Now) -> FileResponse:
    sheet = await item_sheet(session, origin_id, me, now)
    if not sheet.item.sign_scan_sha256:
        raise NotFound
    sha256 = sheet.item.sign_scan_sha256
    ending, media_type = await asyncio.to_thread(_kind_of_scan, context.files, sha256)
    return await stored_file(context.files, sha256, f"签发单扫描件.{ending}" if ending else "签发单扫描件", media_type)


def _kind_of_scan(files: FileStore, sha256: str) -> tuple[str, str]:
    """Ending and media type of a scan by its content: only its digest is kept."""
    files.stat(sha256)
    with files.path(sha256).open("rb") as stream:
        found = (ending for ending in ("pdf", "jpg", "png") if KINDS[ending].is_kind(stream))
        ending = next(found, "")
    return ending, KINDS[ending].media_type if ending else "application/octet-stream"


def digests_present(files: FileStore, sheet: ItemSheet) -> set[str]:
    """Digests of the item's attachments whose content is on this node."""
    latest = sheet.latest
    wanted = {attachment.sha256 for attachment in latest.content.attachments} if latest else set()
    return {sha256 for sha256 in wanted if files.has(sha256)}
