"""The sheet and the source records as CSV, which the office's spreadsheet opens as it is."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.kernel.language.refusal import NotFound
from services.kernel.runtime.downloads import made_file
from services.kernel.runtime.web import Me, Node, Now, Reading, edge_router
from services.stats.pages.viewing import LEVELS, levels_shown, records, sheet_for
from services.stats.policy import Period
from services.stats.policy.credit import zh
from services.stats.policy.reading import AnotherUnitsScores, may_see_unit
from services.stats.store.figures import list_sources

router = edge_router()

Month = Annotated[str, Query(max_length=20)]
_FORMULAS = ("=", "+", "-", "@")
_LEADING = ("\t", "\r")


@router.get("/scores.csv")
async def export_scores(me: Me, session: Reading, node: Node, now: Now, period: Month = "") -> Response:
    month = Period.read(period) if period else Period.at(now)
    _, rows = await sheet_for(session, me, month)
    levels = levels_shown(rows, node.level)
    head = [
        "排名组",
        "名次",
        "单位",
        "报送",
        *[f"{LEVELS[level]}级采用" for level in levels],
        "转报",
        "批示",
        "退回无效",
    ]
    lines = [
        [
            row.unit.group, row.rank, row.unit.name, row.counts.submitted,
            *[row.counts.adopted.get(level, 0) for level in levels],
            row.counts.forwarded, row.counts.instructions, row.counts.returned, zh(row.score), zh(row.year_total),
        ]
        for row in rows
    ]  # fmt: skip
    return _csv(f"采用与积分-{month}.csv", [[*head, "本月得分", "全年累计"], *lines])


@router.get("/scores/{unit_id}/sources.csv")
async def export_sources(unit_id: UUID, me: Me, session: Reading, now: Now, period: Month = "") -> Response:
    month = Period.read(period) if period else Period.at(now)
    if not may_see_unit(me.roles, me.unit_kind, me.unit_id, unit_id):
        raise AnotherUnitsScores
    _, rows = await sheet_for(session, me, month)
    row = next((row for row in rows if row.unit.unit_id == unit_id), None)
    if row is None:
        raise NotFound
    sources = (await list_sources(session, month, [unit_id]))[unit_id]
    lines = [
        [
            one.on.isoformat(),
            one.what,
            one.level,
            one.title,
            one.rule_id,
            one.reason,
            one.points.lstrip("+"),
            one.version,
        ]
        for one in records(sources, me)
    ]
    head = ["日期", "事由", "层级", "标题", "规则", "说明", "分", "办法"]
    return _csv(f"得分出处-{row.unit.name}-{month}.csv", [head, *lines])


def _csv(filename: str, lines: Iterable[Sequence[object]]) -> Response:
    text = io.StringIO()
    csv.writer(text).writerows([[csv_cell(value) for value in line] for line in lines])
    return made_file(("\ufeff" + text.getvalue()).encode(), filename, "text/csv; charset=utf-8")


def csv_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula, full-width signs included; numbers keep their sign."""
    text = str(value).replace("−", "-")
    is_number = text.lstrip("-").replace(".", "", 1).isdigit()
    read = unicodedata.normalize("NFKC", text).lstrip()
    is_formula = read.startswith(_FORMULAS) or text.startswith(_LEADING)
    return f"'{text}" if is_formula and not is_number else text
