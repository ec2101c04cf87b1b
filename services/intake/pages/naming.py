"""Who writes with the author: the form beside the text."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from services.intake.actions.naming import name_writers
from services.kernel.runtime.pages.templating import back_to
from services.kernel.runtime.web.dependencies import Me, Tx
from services.kernel.runtime.web.limits import edge_router

router = edge_router(prefix="/submissions")


@router.post("/{origin_id}/writers")
async def save_writers(request: Request, origin_id: UUID, me: Me, tx: Tx) -> Response:
    ticked = [str(one) for one in (await request.form()).getlist("writers")]
    await name_writers(tx, me, origin_id, {found for one in ticked if (found := _uuid(one))})
    return back_to(f"/intake/submissions/{origin_id}/edit", "合写人已记下。")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
