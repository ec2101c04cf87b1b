"""The home page's part: what the rules do not cover, for the statistician; the own score, for everybody else."""

from __future__ import annotations

from fastapi import Request, Response

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.web.dependencies import Me, Now, Reading, edge_router
from services.stats.pages.viewing import points_zh
from services.stats.policy import Period
from services.stats.store.events import count_unmatched
from services.stats.store.figures import read_sheet

router = edge_router()


@router.get("/fragments/todo")
async def show_todo(request: Request, me: Me, session: Reading, now: Now) -> Response:
    period = Period.at(now)
    is_statistician = me.has(Role.STATISTICIAN)
    row = (await read_sheet(session, period)).row_of(me.unit_id) if me.has(Role.CLERK) else None
    if row is None and not is_statistician:
        return Response(media_type="text/html")
    unmatched = await count_unmatched(session, str(period)) if is_statistician else None
    return page(request, "stats/_todo.html", period=period, unmatched=unmatched, row=row, zh=points_zh)
