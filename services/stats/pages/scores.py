"""The month's sheet: groups, places, counts and points; every figure leads to its source records."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse

from services.kernel.language.vocabulary import Level
from services.kernel.runtime.pages.listing import Cursor, Place
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Me, Node, Now, Officer, Reading, edge_router
from services.stats.pages.viewing import (
    Record,
    levels_shown,
    month_options,
    points_zh,
    records,
    sees_all,
    sheet_for,
    tiles,
)
from services.stats.policy import EventKind, Period
from services.stats.policy.credit import as_number
from services.stats.policy.reading import may_edit_rules
from services.stats.policy.sheet import ScoreRow
from services.stats.store.events import count_unmatched, list_unmatched, score_event
from services.stats.store.figures import Source, list_sources, read_trend

router = edge_router()

PAGE_SIZE = 50

Month = Annotated[str, Query(max_length=20)]
GroupName = Annotated[str, Query(max_length=120)]


@router.get("/", include_in_schema=False)
async def enter() -> Response:
    return RedirectResponse("/stats/scores", status_code=303)


@router.get("/scores")
async def show_scores(
    request: Request, me: Me, session: Reading, node: Node, *, now: Now, period: Month = "", group: GroupName = ""
) -> Response:
    context = await _context(session, me, node, now=now, period=period, group=group)
    return page(request, "stats/scores.html", **context)


@router.get("/scores/rows")
async def show_rows(
    request: Request, me: Me, session: Reading, node: Node, *, now: Now, period: Month = "", group: GroupName = ""
) -> Response:
    """The live part of the sheet."""
    context = await _context(session, me, node, now=now, period=period, group=group)
    return page(request, "stats/_sheet.html", **context)


@router.get("/unmatched")
async def show_unmatched(
    request: Request, me: Me, session: Reading, now: Now, *, period: Month = "", cursor: Cursor = ""
) -> Response:
    month = Period.read(period) if period else Period.at(now)
    unit_id = None if sees_all(me) else me.unit_id
    found = await list_unmatched(session, str(month), unit_id=unit_id, cursor=cursor, limit=PAGE_SIZE)
    place = Place("/stats/unmatched", {"period": str(month)}, cursor=cursor)
    events = [score_event(one) for one in found.rows]
    return page(
        request, "stats/unmatched.html", period=month, events=events, place=place, next_href=place.next_href(found)
    )


async def _context(
    session: AsyncSession, me: Officer, node: Node, *, now: Now, period: str, group: str
) -> dict[str, Any]:
    month = Period.read(period) if period else Period.at(now)
    sheet, readable = await sheet_for(session, me, month)
    groups = {name: list(rows) for name, rows in groupby(readable, key=lambda row: row.unit.group)}
    chosen = group if group in groups else next(iter(groups), "")
    rows = groups.get(chosen, [])
    return {
        "period": month,
        "this": Period.at(now),
        "months": await month_options(session, month, Period.at(now)),
        "groups": [(name, len(members)) for name, members in groups.items()],
        "group": chosen,
        "rows": rows,
        "levels": levels_shown(rows, node.level),
        "tiles": tiles(rows, levels_shown(rows, node.level)),
        "ruleset": sheet.ruleset,
        "sees_all": sees_all(me),
        "may_edit_rules": may_edit_rules(me.roles, me.unit_kind),
        "unmatched": await count_unmatched(session, str(month)) if sees_all(me) else 0,
        "zh": points_zh,
        **await _beside(session, me, month, rows),
        "above": await _adopted_above(session, me, month, rows, node.level),
    }


async def _adopted_above(
    session: AsyncSession, me: Officer, month: Period, rows: list[ScoreRow], own: Level
) -> list[tuple[str, Record]]:
    """What levels above this node adopted of the group's items, with the unit's name."""
    sources = await list_sources(session, month, [row.unit.unit_id for row in rows])
    return [
        (row.unit.name, record)
        for row in rows
        for record in records([one for one in sources[row.unit.unit_id] if _is_above(one, own)], me)
    ]


def _is_above(source: Source, own: Level) -> bool:
    event = source.event
    return event.kind == EventKind.ADOPTED and event.level is not None and Level(event.level).rank > own.rank


async def _beside(session: AsyncSession, me: Officer, month: Period, rows: list[ScoreRow]) -> dict[str, Any]:
    """The group's first unit, or the reader's own: its year as a line, its source records."""
    first = next((row for row in rows if row.unit.unit_id == me.unit_id), rows[0] if rows else None)
    if first is None:
        return {"first": None, "trend": [], "sources": []}
    unit_id = first.unit.unit_id
    sources = (await list_sources(session, month, [unit_id]))[unit_id]
    trend = (await read_trend(session, month, [unit_id]))[unit_id]
    return {"first": first, "trend": [as_number(points) for points in trend], "sources": records(sources, me)}
