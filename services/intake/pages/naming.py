"""Who is in it with the author, people and units: the forms beside the text."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from services.intake.actions.naming import name_co_units, name_writers
from services.kernel.runtime.pages.templating import back_to
from services.kernel.runtime.surroundings.identifiers import id_in
from services.kernel.runtime.web.dependencies import Me, Tx
from services.kernel.runtime.web.limits import edge_router

router = edge_router(prefix="/submissions")


@router.post("/{origin_id}/writers")
async def save_writers(request: Request, origin_id: UUID, me: Me, tx: Tx) -> Response:
    await name_writers(tx, origin_id, await _ticked(request, "writers"), by=me)
    return back_to(f"/intake/submissions/{origin_id}/edit", "合写人已记下。")


@router.post("/{origin_id}/units")
async def save_units(request: Request, origin_id: UUID, me: Me, tx: Tx) -> Response:
    await name_co_units(tx, origin_id, await _ticked(request, "co_units"), by=me)
    return back_to(f"/intake/submissions/{origin_id}/edit", "联合报送单位已记下。")


async def _ticked(request: Request, name: str) -> list[UUID]:
    ticked = (await request.form()).getlist(name)
    return list(dict.fromkeys(found for one in ticked if (found := id_in(str(one)))))
