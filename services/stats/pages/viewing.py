"""What a reader may see of a sheet, and how its figures are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.kernel.language.vocabulary import AdoptionMode, Level, System
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Officer
from services.stats.model import StoredEvent
from services.stats.policy import EventKind, Period
from services.stats.policy.credit import zh
from services.stats.policy.reading import TITLE_OMITTED, may_open_item, may_read_title, may_see_all
from services.stats.policy.sheet import ScoreRow
from services.stats.store.events import list_periods
from services.stats.store.figures import ScoreSheet, Source, read_sheet


def sees_all(me: Officer) -> bool:
    """Whether the reader sees every unit and the order of the group."""
    return may_see_all(me.roles, me.unit_kind)


async def sheet_for(session: AsyncSession, me: Officer, period: Period) -> tuple[ScoreSheet, list[ScoreRow]]:
    """The month's sheet and the lines of it that the reader may see."""
    sheet = await read_sheet(session, period, own=None if sees_all(me) else me.unit_id)
    return sheet, [row for row in sheet.rows if sees_all(me) or row.unit.unit_id == me.unit_id]


async def month_options(session: AsyncSession, period: Period, this: Period) -> list[tuple[str, str]]:
    """Months to choose from, newest first: those with events, this one and the one shown."""
    names = {*await list_periods(session), str(this), str(period)}
    return [(name, Period.read(name).label) for name in sorted(names, reverse=True)]


def levels_shown(rows: Sequence[ScoreRow], own: Level) -> list[Level]:
    """The columns of adoptions: the node's own level, the one above, and any other that occurs."""
    above = list(Level)[min(own.rank + 1, len(Level) - 1)]
    used = {level for row in rows for level in row.counts.adopted}
    return [level for level in Level if level in used | {own, above}]


def tiles(rows: Sequence[ScoreRow], levels: Sequence[Level]) -> list[dict[str, Any]]:
    """The figures of all lines together."""
    adopted = [
        {"label": f"{level.grade}采用", "value": sum(row.counts.adopted.get(level, 0) for row in rows)}
        for level in levels
    ]
    return [
        {"label": "报送", "value": sum(row.counts.submitted for row in rows)},
        *adopted,
        {"label": "转报", "value": sum(row.counts.forwarded for row in rows)},
        {"label": "领导批示", "value": sum(row.counts.instructions for row in rows)},
        {"label": "退回无效", "value": sum(row.counts.returned for row in rows), "note": "不计件"},
    ]


@dataclass(frozen=True)
class Record:
    """One source record as a line of a page."""

    on: Any
    what: str
    level: str
    title: str
    href: str
    rule_id: str
    reason: str
    points: str
    is_minus: bool
    kind: str
    version: str
    system: System
    mode: str


def records(sources: Sequence[Source], me: Officer) -> list[Record]:
    """Source records as this reader may see them."""
    return [_record(source, me) for source in sources]


def points_zh(points: Decimal) -> str:
    """Points as they are printed, with a true minus sign."""
    return zh(points).replace("-", "−")


def _record(source: Source, me: Officer) -> Record:
    event, entry = source.event, source.entry
    shows = may_read_title(me, event)
    return Record(
        on=event.happened_on,
        what=event.label or EventKind(event.kind).label,
        level=Level(event.level).grade if event.level else "",
        title=event.title if shows else TITLE_OMITTED,
        href=_item_href(event, me),
        rule_id=entry.rule_id if entry else "",
        reason=_reason(source),
        points=f"{'+' if source.points > 0 else ''}{points_zh(source.points)}",
        is_minus=source.points < 0,
        kind=event.kind,
        system=System(event.system),
        mode=AdoptionMode(event.mode).label if event.mode else "",
        version=f"{entry.ruleset_id} 第{entry.ruleset_version}版" if entry else "",
    )


def _reason(source: Source) -> str:
    if source.entry:
        # The label stands beside it already.
        return source.entry.reason.removeprefix(f"{source.event.label}：")
    return "没有适用的规则，暂不计分" if source.event.is_unmatched else "同一件已计，不重复计"


def _item_href(event: StoredEvent, me: Officer) -> str:
    if not may_open_item(me, event):
        return ""
    is_own = event.unit_id == me.unit_id
    return f"/intake/submissions/{event.origin_id}" if is_own else f"/review/queue/{event.origin_id}"
