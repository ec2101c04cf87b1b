"""Issues, and items with their 审签单, as .docx and PDF: printed once, kept by what they say."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from uuid import UUID

from fastapi import Response

from services.kernel.language.reading import reads_in_office
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.documents.printing import Form, Printable, print_document
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.web.dependencies import Context, Me, Node, Now, Reading, edge_router
from services.kernel.runtime.web.downloads import made_file
from services.review.policy.issues import require_issue_role
from services.review.store.briefs import brief_of
from services.review.store.manuscripts import manuscript_of
from services.review.store.sheet import item_sheet

router = edge_router(prefix="/api/v1")

_READERS = frozenset({Role.EDITOR, Role.CHIEF, Role.LEADER})
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/issues/{issue_id}.docx")
async def download_docx(issue_id: UUID, me: Me, session: Reading, node: Node, context: Context) -> Response:
    require_issue_role(me.roles, is_office=reads_in_office(me), allowed=_READERS)
    brief = await brief_of(session, issue_id, node.node_id)
    return await _file(brief, f"{brief.name}{brief.issue_label}", "docx", context.settings)


@router.get("/issues/{issue_id}.pdf")
async def download_pdf(issue_id: UUID, me: Me, session: Reading, node: Node, context: Context) -> Response:
    require_issue_role(me.roles, is_office=reads_in_office(me), allowed=_READERS)
    brief = await brief_of(session, issue_id, node.node_id)
    return await _file(brief, f"{brief.name}{brief.issue_label}", "pdf", context.settings)


@router.get("/submissions/{origin_id}/manuscript.docx")
async def download_manuscript_docx(
    origin_id: UUID, me: Me, session: Reading, *, context: Context, now: Now
) -> Response:
    """The item as it came last, with its 审签单, for whoever may read it."""
    manuscript = manuscript_of(await item_sheet(session, origin_id, me, now))
    return await _file(manuscript, manuscript.name, "docx", context.settings)


@router.get("/submissions/{origin_id}/manuscript.pdf")
async def download_manuscript_pdf(origin_id: UUID, me: Me, session: Reading, *, context: Context, now: Now) -> Response:
    """The same, as PDF."""
    manuscript = manuscript_of(await item_sheet(session, origin_id, me, now))
    return await _file(manuscript, manuscript.name, "pdf", context.settings)


async def _file(document: Printable, name: str, form: Form, settings: Settings) -> Response:
    content = await _printed(document, form, settings)
    if form == "docx":
        return made_file(content, f"{name}.docx", _DOCX)
    return made_file(content, f"{name}.pdf", "application/pdf", how="inline")


async def _printed(document: Printable, form: Form, settings: Settings) -> bytes:
    """The file from the cache, or newly printed; its name is a digest of what the document says."""
    kept = prints_folder(settings) / f"{hashlib.sha256(repr(document).encode()).hexdigest()}.{form}"
    if await asyncio.to_thread(kept.is_file):
        return await asyncio.to_thread(kept.read_bytes)
    content = await print_document(document, form, Path(settings.fonts_dir))
    await asyncio.to_thread(_keep, kept, content)
    return content


def prints_folder(settings: Settings) -> Path:
    """Where printed issues and items are kept, to be printed once."""
    return Path(settings.data_dir) / "briefs"


def _keep(kept: Path, content: bytes) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    aside = kept.with_suffix(f".{hashlib.sha256(content).hexdigest()[:8]}")
    aside.write_bytes(content)
    aside.replace(kept)
