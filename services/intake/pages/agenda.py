"""What intake has for an officer to do: returned items, undelivered items, drafts; and what offices did with his unit's."""

from __future__ import annotations

from datetime import datetime

from services.intake import store
from services.intake.policy.access import may_write_some
from services.kernel.language.vocabulary import IntakeStatus
from services.kernel.runtime.pages.agenda import MOST_TASKS, Agenda, Card, News, Task, titled
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.identity import Officer

_LIST = "/intake/submissions"


async def agenda_of(session: AsyncSession, me: Officer, now: datetime, _context: ServiceContext) -> Agenda:
    """The unit's work, for those who write for it; questions are answered in review."""
    if not may_write_some(me.roles):
        return Agenda()
    mine = store.Listing(me)
    counts = await store.count_by_status(session, mine)
    returned, drafts = counts.get(IntakeStatus.RETURNED, 0), counts.get(IntakeStatus.DRAFT, 0)
    undelivered = await store.count_undelivered(session, mine, now)
    tasks = await _returned(session, me) if returned else []
    cards = [
        Card(what="修改退回稿", count=returned, href=f"{_LIST}?tab=returned&whose=unit", icon="pen", note=titled(tasks[0]) if tasks else "",
             is_urgent=True),
        Card(what="未送达", count=undelivered, href=f"{_LIST}?tab=undelivered&whose=unit", icon="warn",
             note="线路恢复后自动补传，无须重报"),
        Card(what="写完草稿", count=drafts, href=f"{_LIST}?tab=draft&whose=unit", icon="pen"),
    ]  # fmt: skip
    idle = Card(what="报送", count=0, href=f"{_LIST}/new", icon="pen", note="没有退回件和草稿，可以写新的")
    news = [
        News(text=line.text, title=item.title, href=f"{_LIST}/{item.origin_id}", source=line.unit, at=line.at)
        for line, item in await store.list_news(session, me)
    ]
    return Agenda(cards=tuple([card for card in cards if card.count] or [idle]), tasks=tuple(tasks), news=tuple(news))


async def _returned(session: AsyncSession, me: Officer) -> list[Task]:
    found = await store.list_submissions(session, store.Listing(me, IntakeStatus.RETURNED, limit=MOST_TASKS))
    return [
        Task(
            what="修改", title=item.title, href=f"{_LIST}/{item.origin_id}/edit",
            source=(item.returned or {}).get("unit", ""), is_urgent=item.info_type == "emergency",
        )
        for item in found.rows
    ]  # fmt: skip
