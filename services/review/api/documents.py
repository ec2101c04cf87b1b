"""An issue as .docx and PDF: made once in a thread, kept by what it says."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from fastapi import Response

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.documents.brief import BriefDocument, brief_docx, brief_pdf
from services.kernel.runtime.web import Context, Me, Node, Reading, edge_router
from services.review.policy.issues import require_issue_role
from services.review.store.briefs import brief_of
from services.review.store.lists import is_in_office

router = edge_router(prefix="/api/v1/issues")

_READERS = frozenset({Role.EDITOR, Role.CHIEF, Role.LEADER})
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/{issue_id}.docx")
async def download_docx(issue_id: UUID, me: Me, session: Reading, node: Node) -> Response:
    require_issue_role(me.roles, is_office=is_in_office(me), allowed=_READERS)
    brief = await brief_of(session, issue_id, node.node_id)
    return _as_file(await asyncio.to_thread(brief_docx, brief), f"{brief.name}{brief.issue_label}.docx", _DOCX)


@router.get("/{issue_id}.pdf")
async def download_pdf(issue_id: UUID, me: Me, session: Reading, node: Node, context: Context) -> Response:
    require_issue_role(me.roles, is_office=is_in_office(me), allowed=_READERS)
    brief = await brief_of(session, issue_id, node.node_id)
    cache = Path(context.settings.data_dir) / "briefs"
    content = await asyncio.to_thread(_kept_pdf, brief, cache, Path(context.settings.fonts_dir))
    return _as_file(content, f"{brief.name}{brief.issue_label}.pdf", "application/pdf", how="inline")


def _kept_pdf(brief: BriefDocument, cache: Path, fonts: Path) -> bytes:
    """The PDF from the cache, or newly made; its name is a digest of what the issue says."""
    kept = cache / f"{hashlib.sha256(repr(brief).encode()).hexdigest()}.pdf"
    if kept.is_file():
        return kept.read_bytes()
    content = brief_pdf(brief, fonts)
    cache.mkdir(parents=True, exist_ok=True)
    aside = kept.with_suffix(f".{hashlib.sha256(content).hexdigest()[:8]}")
    aside.write_bytes(content)
    aside.replace(kept)
    return content


def _as_file(content: bytes, filename: str, media_type: str, *, how: str = "attachment") -> Response:
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(filename, safe='')}",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=media_type, headers=headers)
