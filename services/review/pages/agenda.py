"""What review has for an officer to do: in his unit, and in the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.kernel.language.calendar import SHANGHAI
from services.kernel.language.vocabulary import InfoType, ReviewStatus, Role, UnitKind
from services.kernel.runtime.pages.agenda import MOST_TASKS, Agenda, Card, Figure, News, Task, oldest_first, titled
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.web.identity import Officer
from services.review.model import IssueStatus, ReviewItem
from services.review.model.item import ForwardMark
from services.review.store import issues, lists, today
from services.review.store.lists import ItemFilter
from services.review.store.sources import source_names

_SOON = timedelta(hours=8)
_OPEN = ItemFilter(statuses=(ReviewStatus.OPEN,))
_OPEN_EMERGENCIES = ItemFilter(statuses=(ReviewStatus.OPEN,), info_type=InfoType.EMERGENCY)


async def agenda_of(session: AsyncSession, me: Officer, now: datetime, context: ServiceContext) -> Agenda:
    """The officer's work by role, and what the day has brought the office."""
    desk = _Desk(session, me, now, context.node)
    await desk.fill()
    return Agenda(cards=tuple(desk.cards), tasks=tuple(desk.tasks), today=await desk.figures(), news=await desk.news())


class _Desk:
    """Collects cards and tasks for one officer."""

    def __init__(self, session: AsyncSession, me: Officer, now: datetime, node: NodeInfo) -> None:
        self.session, self.me, self.now, self.node = session, me, now, node
        self.cards: list[Card] = []
        self.tasks: list[Task] = []
        self.works_in_office = me.unit_kind is UnitKind.HEAD_OFFICE and me.has(Role.EDITOR, Role.CHIEF, Role.DUTY)

    async def fill(self) -> None:
        """Everything that the officer's roles ask of him."""
        if self.me.has(Role.REVIEWER, Role.SIGNER, Role.CLERK, Role.DUTY):
            await self._in_the_unit()
        if self.works_in_office:
            await self._emergencies()
        if self.works_in_office and self.me.has(Role.EDITOR):
            await self._queue()
        if self.works_in_office and self.me.has(Role.CHIEF):
            await self._to_sign()

    async def figures(self) -> tuple[Figure, ...]:
        """今日到稿, 已办, 采用, 退回; for the office alone."""
        if not self.works_in_office:
            return ()
        found = await today.count_day(self.session, lists.office_items(self.me), since=_midnight(self.now))
        return tuple(Figure(label=label, count=count) for label, count in found.items())

    async def news(self) -> tuple[News, ...]:
        """What offices above did last with what this office has; the office's alone, units hear of it from intake."""
        if not self.works_in_office:
            return ()
        rows = await today.list_news(self.session, lists.office_items(self.me), own_node=self.node.node_id)
        return tuple(
            News(text=line.text, title=item.title, href=f"/review/queue/{item.origin_id}", source=line.unit, at=line.at)
            for line, item in rows
        )

    async def _in_the_unit(self) -> None:
        seen = lists.unit_items(self.me)
        for role, status, verb, path, icon in (
            (Role.REVIEWER, ReviewStatus.TO_CHECK, "审核", "/review/check", "ok"),
            (Role.SIGNER, ReviewStatus.TO_SIGN, "签发", "/review/sign", "seal"),
        ):
            if self.me.has(role):
                await self._list(seen, ItemFilter(statuses=(status,)), verb, path, icon)
        if self.me.has(Role.CLERK, Role.DUTY, Role.REVIEWER, Role.SIGNER):
            asked = ItemFilter(with_questions=True)
            await self._list(
                seen, asked, "答复核实", "/review/answers", "info", note="上级在等答复", is_shown_empty=False
            )

    async def _emergencies(self) -> None:
        items = await self._items(lists.office_items(self.me), _OPEN_EMERGENCIES)
        if items:
            count = await lists.count_items(self.session, lists.office_items(self.me), _OPEN_EMERGENCIES)
            tasks = await self._as_tasks(items, "", "/review/queue")
            self._card("处置紧急信息", count, "/review/queue", "warn", tasks, is_urgent=True)
            self.tasks += tasks

    async def _queue(self) -> None:
        seen = lists.office_items(self.me)
        count = await lists.count_items(self.session, seen, _OPEN)
        tasks = await self._as_tasks(await self._items(seen, _OPEN), "", "/review/queue") if count else []
        soon = await today.count_due(self.session, seen, before=self.now + _SOON) if count else 0
        is_late = bool(tasks) and tasks[0].due is not None and tasks[0].due <= self.now
        note = "最急的已过处理时限" if is_late else (f"8 小时内到期 {soon} 件" if soon else "")
        self._card("审稿", count, "/review/queue", "inbox", tasks, note=note, is_urgent=is_late, menu="/review/queue")
        known = {task.href for task in self.tasks}
        self.tasks += [task for task in tasks if task.href not in known]

    async def _to_sign(self) -> None:
        proposed = ItemFilter(forward=ForwardMark.PROPOSED)
        await self._list(
            lists.office_items(self.me), proposed, "签发转报", "/review/forward", "sent", task_path="/review/queue"
        )
        drafts = (await issues.list_issues(self.session, status=IssueStatus.DRAFT, limit=50)).rows
        filled = await issues.count_entries(self.session, [issue.issue_id for issue in drafts])
        titles = await issues.titles_of(self.session, list(filled))
        self.cards.append(
            Card(
                what="签发刊物", count=len(filled), href="/review/issues", icon="book", unit="期", menu="/review/issues",
                note="、".join(dict.fromkeys(f"《{periodical.title}》" for _, periodical in titles.values()))[:40],
            )
        )  # fmt: skip
        self.tasks += [
            Task(
                what="签发",
                title=f"《{periodical.title}》待编 {filled[issue_id]} 条",
                href=f"/review/issues/{issue_id}",
            )
            for issue_id, (_, periodical) in titles.items()
        ]

    async def _list(
        self, seen: sa.ColumnElement[bool], wanted: ItemFilter, verb: str, path: str, icon: str, *, note: str = "",
        task_path: str = "", is_shown_empty: bool = True,
    ) -> None:  # fmt: skip
        count = await lists.count_items(self.session, seen, wanted)
        if not count and not is_shown_empty:
            return
        items = await self._items(seen, wanted) if count else []
        tasks = await self._as_tasks(items, verb, task_path or path)
        self._card(
            verb, count, path, icon, tasks, note=note, is_urgent=any(task.is_urgent for task in tasks), menu=path
        )
        self.tasks += tasks

    def _card(
        self, verb: str, count: int, href: str, icon: str, tasks: Sequence[Task], *, note: str = "",
        is_urgent: bool = False, menu: str = "",
    ) -> None:  # fmt: skip
        first = tasks[0] if tasks else None
        self.cards.append(
            Card(
                what=verb, count=count, href=href, icon=icon, is_urgent=is_urgent, menu=menu,
                when=oldest_first(first, self.now), note=note or titled(first),
            )
        )  # fmt: skip

    async def _items(self, seen: sa.ColumnElement[bool], wanted: ItemFilter) -> Sequence[ReviewItem]:
        return (await lists.list_items(self.session, seen, wanted, limit=MOST_TASKS)).rows

    async def _as_tasks(self, items: Sequence[ReviewItem], verb: str, path: str) -> list[Task]:
        sources = await source_names(self.session, self.node.node_id, items) if items else {}
        return [
            Task(
                what=verb or ("审稿" if item.received_at else "签收"), title=item.title, href=f"{path}/{item.origin_id}",
                source=sources[item.origin_id], due=item.due_at or item.handle_by, is_urgent=item.info_type.is_urgent,
            )
            for item in items
        ]  # fmt: skip


def _midnight(now: datetime) -> datetime:
    """When the day began in China."""
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
