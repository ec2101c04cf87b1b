"""Proposals to forward that wait for a chief's signature."""

from __future__ import annotations

from fastapi import Request, Response

from services.kernel.language.reading import reads_in_office
from services.kernel.language.refusal import NotPermitted
from services.kernel.runtime.pages.listing import Cursor, Place
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.web.dependencies import Me, Reading, edge_router
from services.review.policy.offers import available_actions
from services.review.policy.verbs import Verb
from services.review.store.forwards import list_proposed
from services.review.store.standing import full_standing

router = edge_router(prefix="/forward")

PAGE_SIZE = 50


@router.get("")
async def show_forwards(request: Request, me: Me, session: Reading, cursor: Cursor = "") -> Response:
    if not reads_in_office(me):
        raise NotPermitted("转报由本级办公室办理。")
    found, rows = await list_proposed(session, cursor=cursor, limit=PAGE_SIZE), []
    for forward, item in found.rows:
        offers = available_actions(me, await full_standing(session, item))
        rows.append((forward, item, offers.get(Verb.SIGN_FORWARD)))
    place = Place("/review/forward", cursor=cursor)
    return page(request, "review/forwards.html", rows=rows, place=place, next_href=place.next_href(found))
