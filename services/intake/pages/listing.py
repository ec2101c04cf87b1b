"""My items: the unit's items by status, searched, newest first; rows refresh by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from services.intake import actions, store
from services.intake.model import Submission
from services.intake.pages.item import is_discarded, undelivered_age
from services.intake.policy.access import may_write_some
from services.intake.policy.offers import discarding_blocker
from services.kernel.language.calendar import SHANGHAI
from services.kernel.language.refusal import NotFound
from services.kernel.language.vocabulary import InfoType, IntakeStatus
from services.kernel.runtime.heard.organisation import list_peers
from services.kernel.runtime.pages.export import ExportForm, local_text
from services.kernel.runtime.pages.listing import Cursor, Place, Sort, export_list
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Me, Now, Officer, Reading, Tx
from services.kernel.runtime.web.limits import edge_router

router = edge_router(prefix="/submissions")

PAGE_ROWS = 30
_OWED = {
    IntakeStatus.DRAFT: "等提交", IntakeStatus.RETURNED: "等修改", IntakeStatus.SUBMITTED: "等审核签发",
}  # fmt: skip
UNDELIVERED = "undelivered"
_DRAFTS = f"/intake/submissions?tab={IntakeStatus.DRAFT.value}"
_TABS = (
    ("", "全部"),
    (IntakeStatus.DRAFT, "草稿"),
    (IntakeStatus.RETURNED, "退回待改"),
    (IntakeStatus.SUBMITTED, "待审签"),
    (UNDELIVERED, "未送达"),
    (IntakeStatus.REPORTED, "已上报"),
    (IntakeStatus.ADOPTED, "已采用"),
    (IntakeStatus.DECLINED, "未采用"),
)

_SORTS = {"touched": "最近办理", "created": "最新撰写", "title": "标题"}
_HEAD = ["稿件号", "标题", "类别", "状态", "撰稿人", "单位", "版次", "撰写时间", "上报时间", "最近办理"]


@dataclass(frozen=True)
class Asked:
    """Which part of the list is asked for; `whose` is `unit` for all items of the unit, else the officer's own."""

    tab: Annotated[str, Query(max_length=20)] = ""
    q: Annotated[str, Query(max_length=100)] = ""
    whose: Annotated[str, Query(max_length=20)] = ""
    kind: Annotated[str, Query(max_length=40)] = ""
    since: Annotated[str, Query(max_length=10)] = ""
    until: Annotated[str, Query(max_length=10)] = ""
    sort: Sort = ""
    cursor: Cursor = ""

    @property
    def known_tab(self) -> str:
        """The tab, if there is such a one."""
        return self.tab if self.tab in dict(_TABS) else ""

    @property
    def place(self) -> Place:
        """Which part of the list that is."""
        narrowed = {"tab": self.known_tab, "q": self.q, "whose": "unit" if self.whose == "unit" else "",
                    "kind": self.kind, "since": self.since, "until": self.until}  # fmt: skip
        return Place("/intake/submissions", narrowed, _SORTS, self.sort, self.cursor)

    @property
    def is_narrowed(self) -> bool:
        """Whether something besides the tab and the officer is asked for."""
        return bool(self.q or self.kind or self.since or self.until)

    def listing(self, me: Officer, now: datetime) -> store.Listing:
        """What is read for it."""
        tab = self.known_tab
        return store.Listing(
            me,
            status=IntakeStatus(tab) if tab and tab != UNDELIVERED else None,
            undelivered_before=now - store.DELIVERY_GRACE if tab == UNDELIVERED else None,
            query=self.q,
            author_id=None if self.whose == "unit" or not may_write_some(me.roles) else me.officer_id,
            info_type=InfoType(self.kind) if self.kind in set(InfoType) else None,
            since=_midnight(self.since),
            until=_midnight(self.until, after=1),
            order=self.sort,
            cursor=self.cursor,
            limit=PAGE_ROWS,
        )


AskedFor = Annotated[Asked, Depends()]
Discarded = Annotated[tuple[UUID, ...], Query(max_length=PAGE_ROWS)]


@router.get("")
async def list_items(
    request: Request, *, asked: AskedFor, me: Me, session: Reading, now: Now, discarded: Discarded = ()
) -> Response:
    wanted = asked.listing(me, now)
    counts = await store.count_by_status(session, wanted)
    counts[UNDELIVERED] = await store.count_undelivered(session, wanted, now)
    counts[""] = sum(count for status, count in counts.items() if status != UNDELIVERED)
    return page(
        request,
        "intake/submissions.html",
        **await _rows(session, me, asked, now),
        tabs=[
            {
                "href": asked.place.href(tab=code, cursor=""),
                "label": label,
                "count": counts.get(code, 0),
                "current": code == asked.known_tab,
            }
            for code, label in _TABS
        ],
        may_write=may_write_some(me.roles),
        whose=[
            {
                "href": asked.place.href(whose=code, cursor=""),
                "label": label,
                "current": code == asked.place.narrowed["whose"],
            }
            for code, label in (("", "我写的"), ("unit", "本单位的"))
        ],
        info_types=InfoType,
        stream=f"/intake/live?channel=unit:{me.unit_id}",
        discarded=[one for one in discarded if await is_discarded(session, me, one)],
    )


@router.post("/discard")
async def discard_items(request: Request, me: Me, tx: Tx) -> Response:
    """Throw several drafts away together."""
    chosen = await _ticked(request)
    if not chosen:
        return back_to(_DRAFTS, "请先勾选要删除的草稿。", tone="amber")
    for origin_id in chosen:
        await actions.discard_draft(tx, origin_id, by=me)
    return back_to(f"{_DRAFTS}&{urlencode([('discarded', one) for one in chosen])}")


@router.post("/restore")
async def restore_items(request: Request, me: Me, tx: Tx) -> Response:
    chosen = await _ticked(request)
    for origin_id in chosen:
        await actions.restore_draft(tx, origin_id, by=me)
    return back_to(
        f"/intake/submissions/{chosen[0]}/edit" if len(chosen) == 1 else _DRAFTS, "草稿已恢复。" if chosen else ""
    )


@router.get("/rows")
async def list_rows(request: Request, asked: AskedFor, me: Me, session: Reading, now: Now) -> Response:
    return page(request, "intake/_submission_rows.html", **await _rows(session, me, asked, now))


@router.get("/export.{form}")
async def export(form: ExportForm, asked: AskedFor, me: Me, session: Reading, now: Now) -> Response:
    async def read(cursor: str, limit: int) -> Part[Submission]:
        return await store.list_submissions(session, replace(asked.listing(me, now), cursor=cursor, limit=limit))

    return await export_list(form, "我的稿件", _HEAD, read=read, line=_cells)


async def _rows(session: AsyncSession, me: Officer, asked: Asked, now: datetime) -> dict[str, Any]:
    found = await store.list_submissions(session, asked.listing(me, now))
    asking = await store.list_asked(session, [one.origin_id for one in found.rows])
    names = {peer.peer: peer.name for peer in await list_peers(session)} if found.rows else {}
    return {
        "asked": asked,
        "place": asked.place,
        "rows": [
            _row(
                one,
                now,
                names,
                is_asked=one.origin_id in asking,
                may_discard=asked.known_tab == IntakeStatus.DRAFT and may_write_some(me.roles),
            )
            for one in found.rows
        ],
        "next_href": asked.place.next_href(found),
    }


def _cells(one: Submission) -> list[object]:
    info_type = InfoType(one.info_type).label if one.info_type else ""
    return [
        one.number, one.title, info_type, IntakeStatus(one.status).label, one.author_name or one.created_by_name, one.unit_name,
        one.submission_version, local_text(one.created_at), local_text(one.reported_at), local_text(one.touched_at),
    ]  # fmt: skip


def _row(
    submission: Submission, now: datetime, names: Mapping[str, str], *, is_asked: bool, may_discard: bool
) -> dict[str, Any]:
    address = f"/intake/submissions/{submission.origin_id}"
    return {
        "item": submission,
        "href": f"{address}/edit" if submission.status == IntakeStatus.DRAFT else address,
        "status": IntakeStatus(submission.status),
        "info_type": InfoType(submission.info_type) if submission.info_type else None,
        "undelivered": undelivered_age(submission, now),
        "is_in_hand": submission.is_in_hand,
        "where": _where(submission, names),
        "owed": "等答复核实" if is_asked else _OWED.get(IntakeStatus(submission.status), ""),
        "may_discard": may_discard
        and not discarding_blocker(IntakeStatus(submission.status), submission.submission_version),
    }


def _where(submission: Submission, names: Mapping[str, str]) -> str:
    """Who has it now."""
    if submission.is_in_hand:
        return ""
    last = submission.hops[-1] if submission.hops and submission.reported_version else None
    if last is None:
        return "在本单位"
    return (
        "在本级办公室"
        if last.to_node == submission.origin_node
        else f"在{names.get(last.to_node, last.to_level.label)}"
    )


def _midnight(day: str, *, after: int = 0) -> datetime | None:
    """When a typed day begins in China, or the day so many days later; None for what is no day."""
    try:
        return datetime.fromisoformat(day[:10]).replace(tzinfo=SHANGHAI) + timedelta(days=after) if day else None
    except (ValueError, OverflowError):
        return None


async def _ticked(request: Request) -> list[UUID]:
    """The items that a form names, as many as a page shows."""
    named = (await request.form()).getlist("origin_id")[:PAGE_ROWS]
    try:
        return list(dict.fromkeys(UUID(str(one)) for one in named))
    except ValueError:
        raise NotFound from None
