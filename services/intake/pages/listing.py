"""My items: the unit's items by status, searched, newest first; rows refresh by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Request, Response

from services.intake import store
from services.intake.actions.reading import may_read_submission
from services.intake.pages.item import undelivered_age
from services.intake.policy.access import may_write
from services.kernel.language.vocabulary import InfoType, IntakeStatus
from services.kernel.runtime.limits import edge_router
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.templating import page
from services.kernel.runtime.web import Me, Now, Officer, Reading

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


@dataclass(frozen=True)
class Asked:
    """Which part of the list is asked for."""

    tab: str = ""
    q: str = ""
    cursor: str = ""

    @property
    def known_tab(self) -> str:
        """The tab, if there is such a one."""
        return self.tab if self.tab in dict(_TABS) else ""

    def href(self, **changed: str) -> str:
        """The address of the list with something else asked for."""
        kept = {name: value for name, value in {"tab": self.known_tab, "q": self.q, **changed}.items() if value}
        return "/intake/submissions" + (f"?{urlencode(kept)}" if kept else "")


def _asked(tab: str = "", q: str = "", cursor: str = "") -> Asked:
    return Asked(tab[:20], q[:100], cursor[:400])


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
                "href": asked.href(tab=code),
                "label": label,
                "count": counts.get(code, 0),
                "current": code == asked.known_tab,
            }
            for code, label in _TABS
        ],
        may_write=may_write(me.roles, None),
        rows_href="/intake/submissions/rows?"
        + urlencode({"tab": asked.known_tab, "q": asked.q, "cursor": asked.cursor}),
        stream=f"/intake/live?channel=unit:{me.unit_id}",
        discarded=discarded if discarded and await _is_discarded(session, me, discarded) else None,
    )


@router.get("/rows")
async def list_rows(request: Request, asked: AskedFor, me: Me, session: Reading, now: Now) -> Response:
    return page(request, "intake/_submission_rows.html", **await _rows(session, me, asked, now))


async def _rows(session: AsyncSession, me: Officer, asked: Asked, now: Any) -> dict[str, Any]:
    status = asked.known_tab
    listing = store.Listing(
        me,
        status=IntakeStatus(status) if status and status != UNDELIVERED else None,
        undelivered_before=now - store.DELIVERY_GRACE if status == UNDELIVERED else None,
        query=asked.q,
        after=store.place_after(asked.cursor),
        limit=PAGE_ROWS,
    )
    found = await store.list_submissions(session, listing)
    following = store.next_cursor(found, PAGE_ROWS)
    return {
        "asked": asked,
        "rows": [_row(one, now) for one in found[:PAGE_ROWS]],
        "next_href": asked.href(cursor=following) if following else "",
        "first_href": asked.href() if asked.cursor else "",
    }


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
