"""A unit's source records of a month: what happened, which rule, how many points, and why."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from services.kernel.language.refusal import NotFound
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.web.dependencies import Me, Node, Now, Reading, edge_router
from services.stats.pages.viewing import levels_shown, month_options, points_zh, records, sees_all, tiles
from services.stats.policy import EventKind, Period
from services.stats.policy.credit import as_number
from services.stats.policy.reading import AnotherUnitsScores, may_see_unit
from services.stats.store.figures import list_sources, read_sheet, read_trend

router = edge_router()

_KINDS = (
    EventKind.SUBMISSION_COUNTED,
    EventKind.ADOPTED,
    EventKind.FORWARDED_UP,
    EventKind.LEADER_INSTRUCTION,
    EventKind.RETURNED_INVALID,
)


@router.get("/scores/{unit_id}")
async def show_unit(
    unit_id: UUID,
    request: Request,
    me: Me,
    session: Reading,
    node: Node,
    *,
    now: Now,
    period: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    level: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    month = Period.read(period) if period else Period.at(now)
    if not may_see_unit(me.roles, me.unit_kind, me.unit_id, unit_id):
        raise AnotherUnitsScores
    sheet = await read_sheet(session, month, own=None if sees_all(me) else me.unit_id)
    row = sheet.row_of(unit_id)
    if row is None:
        raise NotFound
    sources = (await list_sources(session, month, [unit_id]))[unit_id]
    shown = [one for one in sources if (not kind or one.event.kind == kind) and (not level or one.event.level == level)]
    context: dict[str, Any] = {
        "period": month,
        "months": await month_options(session, month, Period.at(now)),
        "row": row,
        "ruleset": sheet.ruleset,
        "tiles": tiles([row], levels_shown([row], node.level)),
        "records": records(shown, me),
        "total": sum((one.points for one in shown), row.score * 0),
        "raw_total": sum((one.points for one in sources), row.score * 0),
        "kinds": [(word, sum(one.event.kind == word for one in sources)) for word in _KINDS],
        "kind": kind,
        "count": len(sources),
        "level": level,
        "trend": [as_number(points) for points in (await read_trend(session, month, [unit_id]))[unit_id]],
        "is_own": unit_id == me.unit_id,
        "sees_all": sees_all(me),
        "zh": points_zh,
    }
    return page(request, "stats/unit.html", **context)
