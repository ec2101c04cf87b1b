"""An issue as .docx and PDF: printed once, kept by what it says."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Literal
from uuid import UUID

from fastapi import Response

from services.kernel.language.reading import reads_in_office
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.documents.brief.document import BriefDocument
from services.kernel.runtime.documents.printing import print_brief
from services.kernel.runtime.surroundings.settings import Settings
from services.kernel.runtime.web.dependencies import Context, Me, Node, Reading, edge_router
from services.kernel.runtime.web.downloads import made_file
from services.review.policy.issues import require_issue_role
from services.review.store.briefs import brief_of

router = edge_router(prefix="/api/v1/issues")

_READERS = frozenset({Role.EDITOR, Role.CHIEF, Role.LEADER})
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/{issue_id}.docx")
async def download_docx(issue_id: UUID, me: Me, session: Reading, node: Node, context: Context) -> Response:
    require_issue_role(me.roles, is_office=reads_in_office(me), allowed=_READERS)
    brief = await brief_of(session, issue_id, node.node_id)
    content = await _printed(brief, "docx", context.settings)
    return made_file(content, f"{brief.name}{brief.issue_label}.docx", _DOCX)


@router.get("/{issue_id}.pdf")
async def download_pdf(issue_id: UUID, me: Me, session: Reading, node: Node, context: Context) -> Response:
    require_issue_role(me.roles, is_office=reads_in_office(me), allowed=_READERS)
    brief = await brief_of(session, issue_id, node.node_id)
    content = await _printed(brief, "pdf", context.settings)
    return made_file(content, f"{brief.name}{brief.issue_label}.pdf", "application/pdf", how="inline")


async def _printed(brief: BriefDocument, form: Literal["pdf", "docx"], settings: Settings) -> bytes:
    """The file from the cache, or newly printed; its name is a digest of what the issue says."""
    kept = prints_folder(settings) / f"{hashlib.sha256(repr(brief).encode()).hexdigest()}.{form}"
    if await asyncio.to_thread(kept.is_file):
        return await asyncio.to_thread(kept.read_bytes)
    content = await print_brief(brief, form, Path(settings.fonts_dir))
    await asyncio.to_thread(_keep, kept, content)
    return content


def prints_folder(settings: Settings) -> Path:
    """Where printed issues are kept, to be printed once."""
    return Path(settings.data_dir) / "briefs"


def _keep(kept: Path, content: bytes) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    aside = kept.with_suffix(f".{hashlib.sha256(content).hexdigest()[:8]}")
    aside.write_bytes(content)
    aside.replace(kept)
