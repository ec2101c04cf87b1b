"""A .docx turned into title and body, for its author to check."""

from __future__ import annotations

from fastapi import Request

from services.intake import actions
from services.intake.actions.reading import require_writer
from services.intake.api.views import DocumentView
from services.kernel.runtime.web.dependencies import Me, asked_first, of_officer
from services.kernel.runtime.web.limits import edge_router, uploaded_file

router = edge_router(prefix="/api/v1/imports")


@router.post("")
@asked_first(of_officer(lambda me: require_writer(me, "")))
async def import_document(request: Request, me: Me) -> DocumentView:
    require_writer(me, "")
    found = await actions.read_document((await uploaded_file(request)).file)
    return DocumentView.read(found)
