"""The desks: whose items stand in which list, under which tabs, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Query

from services.kernel.language.refusal import NotFound, NotPermitted
from services.kernel.language.vocabulary import InfoType, ReviewStatus, Role, UnitKind
from services.kernel.runtime.pages.listing import Cursor, Place, Sort
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.identifiers import id_in
from services.kernel.runtime.web.dependencies import Officer
from services.review.model import ReviewItem
from services.review.model.item import ForwardMark
from services.review.policy import DueGroup, Priority, priority_of
from services.review.store import lists
from services.review.store.items import find_item
from services.review.store.lists import ItemFilter
from services.review.store.sheet import outward_status

SORTS = {
    "due": "按处理时限",
    "touched": "最近办理在前",
    "arrived": "最新到达在前",
    "unit": "按单位",
    "title": "按标题",
}
_S = ReviewStatus
_OWED = (_S.TO_CHECK, _S.TO_SIGN, _S.OPEN)


@dataclass(frozen=True)
class Tab:
    """One tab of a desk; `extra` narrows by something other than the state."""

    key: str
    label: str
    statuses: tuple[ReviewStatus, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)


ALL = Tab("all", "全部状态", ())
"""Where a search looks first: whoever looks for an item need not know how it stands."""


@dataclass(frozen=True)
class Desk:
    """A list pane with its tabs; the first tab is the desk's own work."""

    path: str
    title: str
    roles: frozenset[Role]
    tabs: tuple[Tab, ...]
    is_office: bool = False
    empty: str = "没有待办的稿件"

    def tab(self, key: str) -> Tab:
        """The tab of that name, else the first."""
        return next((tab for tab in (*self.tabs, ALL) if tab.key == key), self.tabs[0])

    def admit(self, me: Officer) -> None:
        """Let the officer to the desk.

        Raises:
            NotPermitted: It is not his.
        """
        if not self.is_for(me):
            raise NotPermitted

    def is_for(self, me: Officer) -> bool:
        """Whether the officer works at the desk."""
        is_in_place = me.unit_kind is UnitKind.HEAD_OFFICE or not self.is_office
        return is_in_place and bool(me.roles & self.roles)

    async def admit_to(self, session: AsyncSession, me: Officer, origin_id: UUID) -> None:
        """Let the officer to one item of the desk: what another role of his gives him he does where that role works.

        Raises:
            NotPermitted: The desk is not his.
            NotFound: The item does not belong on it.
        """
        self.admit(me)
        item = await find_item(session, origin_id)
        if item is not None and not self.holds(me, item):
            raise NotFound

    def holds(self, me: Officer, item: ReviewItem) -> bool:
        """Whether an item that the officer may read belongs on this desk of his."""
        return item.is_here if self.is_office else item.unit_id == me.unit_id

    def condition(self, me: Officer) -> sa.ColumnElement[bool]:
        """Which items the desk shows this officer.

        Raises:
            NotPermitted: The desk is not his.
        """
        self.admit(me)
        return lists.office_items(me) if self.is_office else lists.unit_items(me)


_UNIT_TABS = (
    Tab("to_check", "待审核", (_S.TO_CHECK,)),
    Tab("to_sign", "待签发", (_S.TO_SIGN,)),
    Tab("sent", "已上报", (_S.REPORTED, _S.OPEN, _S.KEPT, _S.SELECTED, _S.ADOPTED, _S.DECLINED)),
    Tab("returned", "已退回", (_S.RETURNED,)),
)
_ANSWERING = frozenset({Role.CLERK, Role.REVIEWER, Role.SIGNER, Role.DUTY})

QUEUE = Desk(
    "/review/queue",
    "待审队列",
    frozenset({Role.EDITOR, Role.CHIEF, Role.LEADER, Role.DUTY}),
    (
        Tab("open", "待处理", (_S.OPEN,)),
        Tab("kept", "备用", (_S.KEPT,)),
        Tab("selected", "拟采用", (_S.SELECTED,)),
        Tab("forward", "转报待签", (), {"forward": ForwardMark.PROPOSED}),
        Tab("returned", "已退回", (_S.RETURNED,)),
        Tab("declined", "未采用", (_S.DECLINED,)),
        Tab("adopted", "已采用", (_S.ADOPTED,)),
    ),
    is_office=True,
)
CHECK = Desk("/review/check", "待核稿", frozenset({Role.REVIEWER}), _UNIT_TABS)
SIGN = Desk("/review/sign", "待签发", frozenset({Role.SIGNER}), (_UNIT_TABS[1], _UNIT_TABS[0], *_UNIT_TABS[2:]))
ANSWERS = Desk(
    "/review/answers",
    "核实待答",
    _ANSWERING,
    (Tab("asked", "待答复", (), {"with_questions": True}), *_UNIT_TABS[2:]),
    empty="没有待答复的核实",
)
UNIT_DESKS = (CHECK, SIGN, ANSWERS)


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for."""

    show: Annotated[str, Query(max_length=20)] = ""
    q: Annotated[str, Query(max_length=200)] = ""
    unit: Annotated[str, Query(max_length=40)] = ""
    kind: Annotated[str, Query(max_length=40)] = ""
    sort: Sort = ""
    cursor: Cursor = ""

    def filter(self, tab: Tab) -> ItemFilter:
        """The narrowing it means; what makes no sense narrows nothing."""
        return ItemFilter(
            statuses=tab.statuses,
            query=self.q,
            unit_id=id_in(self.unit),
            info_type=InfoType(self.kind) if self.kind in list(InfoType) else None,
            order=self.sort if self.sort in SORTS else "",
            **tab.extra,
        )

    def place(self, desk: Desk) -> Place:
        """Which part of a desk's list that is."""
        narrowed = {"show": self.show, "q": self.q, "unit": self.unit, "kind": self.kind}
        return Place(desk.path, narrowed, SORTS, self.sort, self.cursor)


AskedList = Annotated[Asked, Depends()]


@dataclass(frozen=True)
class Row:
    """One row of the list pane."""

    item: ReviewItem
    href: str
    is_current: bool
    is_unread: bool
    is_owed: bool
    status: ReviewStatus
    priority: Priority
    badges: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class ListPane:
    """The list pane of a desk, ready to be shown."""

    desk: Desk
    tab: Tab
    asked: Asked
    tabs: list[dict[str, Any]]
    groups: list[tuple[str, list[Row]]]
    senders: list[tuple[UUID, str]]
    total: int
    part: Part[ReviewItem]
    place: int
    following: str

    @property
    def order_label(self) -> str:
        """In which order the rows stand."""
        wanted = self.asked.filter(self.tab)
        return SORTS[wanted.order or ("due" if wanted.goes_by_target_time else "touched")]

    @property
    def address(self) -> Place:
        """The list's own address."""
        return self.asked.place(self.desk)


async def list_pane(
    session: AsyncSession, desk: Desk, me: Officer, asked: Asked, *, now: datetime, current: UUID | None = None
) -> ListPane:
    """Read a desk's list: a query for the rows, one for the counts, one for the units."""
    seen, tab = desk.condition(me), desk.tab(asked.show)
    page = await lists.list_items(session, seen, asked.filter(tab), cursor=asked.cursor, limit=50)
    tabs = await _tab_links(session, desk, seen, current=tab, asked=asked)
    listed = [_row(item, desk, asked, now=now, current=current) for item in page.rows]
    groups = _grouped(listed, asked.filter(tab))
    rows = [row for _, members in groups for row in members]
    total = next(link["count"] for link in tabs if link["current"])
    place = next((n for n, row in enumerate(rows, start=1) if row.is_current), 0)
    if current and not place and (shown := await lists.find_seen(session, seen, current)):
        groups.insert(0, ("正在看的，不在本页所列之中", [_row(shown, desk, asked, now=now, current=current)]))
    return ListPane(
        desk=desk,
        tab=tab,
        asked=asked,
        tabs=tabs,
        groups=groups,
        senders=await lists.list_senders(session, seen),
        total=total,
        part=page,
        place=place,
        following=rows[place].href if place and place < len(rows) else "",
    )


async def _tab_links(
    session: AsyncSession, desk: Desk, seen: sa.ColumnElement[bool], *, current: Tab, asked: Asked
) -> list[dict[str, Any]]:
    """The tabs with what each holds of what is searched and filtered for; a search has one more, over all states."""
    everything = asked.filter(ALL)
    counts = await lists.count_by_status(session, seen, everything)
    links = []
    for tab in (*desk.tabs, ALL) if current is ALL or asked.q else desk.tabs:
        if tab.extra:
            count = await lists.count_items(session, seen, asked.filter(tab))
        else:
            count = sum(counts.get(status, 0) for status in tab.statuses or counts)
        href = asked.place(desk).href(show=tab.key, cursor="")
        links.append({"href": href, "label": tab.label, "count": count, "current": tab is current})
    return links


def _row(item: ReviewItem, desk: Desk, asked: Asked, *, now: datetime, current: UUID | None) -> Row:
    priority = priority_of(item.info_type, by=item.handle_by, due_at=item.due_at, arrived_at=item.arrived_at, now=now)
    return Row(
        item=item,
        href=asked.place(desk).href(f"/{item.origin_id}"),
        is_current=item.origin_id == current,
        is_unread=desk.is_office and item.is_here and item.received_at is None,
        is_owed=item.status in _OWED,
        status=outward_status(item.status, is_office=desk.is_office),
        priority=priority,
        badges=_badges(item, desk),
    )


def _badges(item: ReviewItem, desk: Desk) -> list[tuple[str, str]]:
    found = []
    if item.info_type.is_urgent:
        found.append(("紧急", "red"))
    if item.submission_version > 1:
        found.append((f"第 {item.submission_version} 版 改回", "blue"))
    if desk.is_office and item.forward is not ForwardMark.NONE:
        found.append((item.forward.label, "amber" if item.forward is ForwardMark.RETURNED else ""))
    if item.open_questions:
        found.append((f"核实 {item.open_questions}", "amber"))
    return found


def _grouped(rows: list[Row], wanted: ItemFilter) -> list[tuple[str, list[Row]]]:
    if not wanted.goes_by_target_time:
        return [(SORTS[wanted.order or "touched"], rows)] if rows else []
    groups = [(group, [row for row in rows if row.priority.group is group]) for group in DueGroup]
    return [(f"{group.label} · {len(members)} 件", members) for group, members in groups if members]
