"""The address of the service itself leads everybody to his own desk."""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import RedirectResponse

from services.kernel.language.vocabulary import UnitKind
from services.kernel.runtime.web.dependencies import Me, edge_router
from services.review.pages.desks import ANSWERS, CHECK, QUEUE, SIGN

router = edge_router()


@router.get("/")
async def show_entrance(me: Me) -> Response:
    in_office = me.unit_kind is UnitKind.HEAD_OFFICE
    desks = [
        desk for desk in (QUEUE, SIGN, CHECK, ANSWERS) if me.roles & desk.roles and (in_office or not desk.is_office)
    ]
    return RedirectResponse(desks[0].path if desks else "/", status_code=303)
