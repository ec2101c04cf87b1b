"""The home page's part: what the rules do not cover, for the statistician; the own score, for everybody else."""

from __future__ import annotations

from datetime import datetime

from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.agenda import Agenda, Card
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.identity import Officer
from services.stats.pages.viewing import points_zh
from services.stats.policy import Period
from services.stats.store.events import count_unmatched
from services.stats.store.figures import read_sheet


async def agenda_of(session: AsyncSession, me: Officer, now: datetime, _context: ServiceContext) -> Agenda:
    """A card for the statistician, and one for who writes."""
    period, cards = Period.at(now), []
    if me.has(Role.STATISTICIAN):
        unmatched = await count_unmatched(session, str(period))
        note = "这些记录没有适用的规则，暂未计分" if unmatched else "本月的记录都有适用的规则"
        href = f"/stats/unmatched?period={period}"
        cards.append(Card(what="核对未匹配规则的记录", count=unmatched, href=href, icon="star", unit="条", note=note))
    row = (await read_sheet(session, period)).row_of(me.unit_id) if me.has(Role.CLERK) else None
    if row is not None:
        counts, rank = row.counts, f"，第 {row.rank} 名" if row.of > 1 else ""
        note = f"{period.month}月报送 {counts.submitted} 件，采用 {counts.adopted_in_all} 次{rank}"
        href = f"/stats/scores/{row.unit.unit_id}?period={period}"
        shown = points_zh(row.score)
        cards.append(Card(what="看本单位得分", count=0, shown=shown, href=href, icon="star", unit="分", note=note))
    return Agenda(cards=tuple(cards))
