"""The sheet and the source records as files."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.kernel.language.refusal import NotFound
from services.kernel.runtime.pages.export import ExportForm, ExportTable, as_file
from services.kernel.runtime.web.dependencies import Me, Node, Now, Reading, edge_router
from services.stats.pages.viewing import levels_shown, records, sheet_for
from services.stats.policy import Period
from services.stats.policy.credit import as_number
from services.stats.policy.reading import AnotherUnitsScores, may_see_unit
from services.stats.store.figures import list_sources

router = edge_router()

Month = Annotated[str, Query(max_length=20)]


@router.get("/scores.{form}")
async def export_scores(
    form: ExportForm, me: Me, *, session: Reading, node: Node, now: Now, period: Month = ""
) -> Response:
    month = Period.read(period) if period else Period.at(now)
    _, rows = await sheet_for(session, me, month)
    levels = levels_shown(rows, node.level)
    head = [
        "排名组",
        "名次",
        "单位",
        "报送",
        *[f"{level.grade}采用" for level in levels],
        "转报",
        "批示",
        "退回无效",
    ]
    lines = [
        [
            row.unit.group, row.rank, row.unit.name, row.counts.submitted,
            *[row.counts.adopted.get(level, 0) for level in levels],
            row.counts.forwarded, row.counts.instructions, row.counts.returned, as_number(row.score), as_number(row.year_total),
        ]
        for row in rows
    ]  # fmt: skip
    return await as_file(form, ExportTable(f"采用与积分-{month}", [*head, "本月得分", "全年累计"], lines))


@router.get("/scores/{unit_id}/sources.{form}")
async def export_sources(
    unit_id: UUID, form: ExportForm, me: Me, *, session: Reading, now: Now, period: Month = ""
) -> Response:
    month = Period.read(period) if period else Period.at(now)
    if not may_see_unit(me.roles, me.unit_kind, me.unit_id, unit_id):
        raise AnotherUnitsScores
    _, rows = await sheet_for(session, me, month)
    row = next((row for row in rows if row.unit.unit_id == unit_id), None)
    if row is None:
        raise NotFound
    sources = (await list_sources(session, month, [unit_id]))[unit_id]
    lines = [
        [one.on, one.what, one.level, one.title, one.rule_id, one.reason, as_number(source.points), one.version]
        for one, source in zip(records(sources, me), sources, strict=True)
    ]
    head = ["日期", "事由", "层级", "标题", "规则", "说明", "分", "办法"]
    return await as_file(form, ExportTable(f"得分出处-{row.unit.name}-{month}", head, lines))
