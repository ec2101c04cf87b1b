"""My items: the unit's items by status, searched, newest first; rows refresh by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from services.intake import store
from services.intake.actions.reading import may_read_submission
from services.intake.model import Submission
from services.intake.pages.item import undelivered_age
from services.intake.policy.access import may_write_some
from services.kernel.language.vocabulary import InfoType, IntakeStatus
from services.kernel.runtime.pages.export import ExportForm, local_text
from services.kernel.runtime.pages.listing import Place, export_list
from services.kernel.runtime.pages.paging import LONGEST_CURSOR, Part
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Me, Now, Officer, Reading
from services.kernel.runtime.web.limits import edge_router

router = edge_router(prefix="/submissions")

PAGE_ROWS = 30
UNDELIVERED = "undelivered"
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
    """Which part of the list is asked for."""

    tab: str = ""
    q: str = ""
    sort: str = ""
    cursor: str = ""

    @property
    def known_tab(self) -> str:
        """The tab, if there is such a one."""
        return self.tab if self.tab in dict(_TABS) else ""

    @property
    def place(self) -> Place:
        """Which part of the list that is."""
        return Place("/intake/submissions", {"tab": self.known_tab, "q": self.q}, _SORTS, self.sort, self.cursor)

    def listing(self, me: Officer, now: datetime) -> store.Listing:
        """What is read for it."""
        tab = self.known_tab
        return store.Listing(
            me,
            status=IntakeStatus(tab) if tab and tab != UNDELIVERED else None,
            undelivered_before=now - store.DELIVERY_GRACE if tab == UNDELIVERED else None,
            query=self.q,
            order=self.sort,
            cursor=self.cursor,
            limit=PAGE_ROWS,
        )


def _asked(tab: str = "", q: str = "", sort: str = "", cursor: str = "") -> Asked:
    return Asked(tab[:20], q[:100], sort[:20], cursor[:LONGEST_CURSOR])


AskedFor = Annotated[Asked, Depends(_asked)]


@router.get("")
async def list_items(
    request: Request, *, asked: AskedFor, me: Me, session: Reading, now: Now, discarded: UUID | None = None
) -> Response:
    counts = await store.count_by_status(session, me)
    counts[UNDELIVERED] = await store.count_undelivered(session, me, now)
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
        stream=f"/intake/live?channel=unit:{me.unit_id}",
        discarded=discarded if discarded and await _is_discarded(session, me, discarded) else None,
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
    return {
        "asked": asked,
        "place": asked.place,
        "rows": [_row(one, now) for one in found.rows],
        "next_href": asked.place.next_href(found),
    }


def _cells(one: Submission) -> list[object]:
    info_type = InfoType(one.info_type).label if one.info_type else ""
    return [
        one.number, one.title, info_type, IntakeStatus(one.status).label, one.author_name or one.created_by_name, one.unit_name,
        one.submission_version, local_text(one.created_at), local_text(one.reported_at), local_text(one.touched_at),
    ]  # fmt: skip


def _row(submission: Any, now: Any) -> dict[str, Any]:
    address = f"/intake/submissions/{submission.origin_id}"
    return {
        "item": submission,
        "href": f"{address}/edit" if submission.status == IntakeStatus.DRAFT else address,
        "status": IntakeStatus(submission.status),
        "info_type": InfoType(submission.info_type) if submission.info_type else None,
        "undelivered": undelivered_age(submission, now),
        "is_in_hand": submission.is_in_hand,
    }


async def _is_discarded(session: AsyncSession, me: Officer, origin_id: UUID) -> bool:
    submission = await store.find_submission(session, origin_id)
    return submission is not None and submission.discarded_at is not None and may_read_submission(me, submission)
