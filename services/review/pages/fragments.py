"""What review has for an officer to do, as cards for the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request, Response

from services.kernel.language.vocabulary import ReviewStatus, Role, UnitKind
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Me, Now, Officer, Reading, edge_router
from services.review.model import IssueStatus
from services.review.model.item import ForwardMark
from services.review.store import issues, lists
from services.review.store.lists import ItemFilter

router = edge_router(prefix="/fragments")


@dataclass(frozen=True)
class Todo:
    """One card: a verb, a number, where to go, and a short note."""

    verb: str
    count: int
    href: str
    mark: str
    note: str = ""
    unit: str = "件"
    is_urgent: bool = False

    @property
    def state(self) -> str:
        """How the card looks."""
        if not self.count:
            return "empty"
        return "urgent" if self.is_urgent else ""


@router.get("/todo")
async def show_todo(request: Request, me: Me, session: Reading, now: Now) -> Response:
    return page(request, "review/_todo.html", todos=await todos_of(session, me, now))


async def todos_of(session: AsyncSession, me: Officer, now: datetime) -> list[Todo]:
    """The officer's cards by role."""
    found: list[Todo] = []
    if me.has(Role.REVIEWER, Role.SIGNER, Role.CLERK, Role.DUTY):
        found += await _in_the_unit(session, me)
    if me.unit_kind is UnitKind.HEAD_OFFICE and me.has(Role.EDITOR, Role.CHIEF):
        found += await _in_the_office(session, me, now)
    return found


async def _in_the_unit(session: AsyncSession, me: Officer) -> list[Todo]:
    seen = lists.unit_items(me)
    counts = await lists.count_by_status(session, seen)
    found = []
    if me.has(Role.REVIEWER):
        found.append(Todo("审核", counts.get(ReviewStatus.TO_CHECK, 0), "/review/check", "ok"))
    if me.has(Role.SIGNER):
        found.append(Todo("签发", counts.get(ReviewStatus.TO_SIGN, 0), "/review/sign", "seal"))
    asked = await lists.count_items(session, seen, ItemFilter(with_questions=True))
    if me.has(Role.CLERK, Role.DUTY) and asked:
        found.append(Todo("答复核实", asked, "/review/answers", "info", note="上级在等您的答复"))
    return found


async def _in_the_office(session: AsyncSession, me: Officer, now: datetime) -> list[Todo]:
    seen = lists.office_items(me)
    found = []
    if me.has(Role.EDITOR):
        open_ = ItemFilter(statuses=(ReviewStatus.OPEN,))
        page_ = await lists.list_items(session, seen, open_, limit=1)
        count = await lists.count_items(session, seen, open_)
        is_late = bool(page_.rows) and page_.rows[0].handle_by <= now
        note = "最急的已过处理时限" if is_late else ""
        found.append(Todo("审稿", count, "/review/queue", "inbox", note=note, is_urgent=is_late))
    if me.has(Role.CHIEF):
        proposed = await lists.count_items(session, seen, ItemFilter(forward=ForwardMark.PROPOSED))
        found.append(Todo("签发转报", proposed, "/review/forward", "sent"))
        drafts = (await issues.list_issues(session, status=IssueStatus.DRAFT, limit=50)).rows
        filled = await issues.count_entries(session, [issue.issue_id for issue in drafts])
        found.append(Todo("签发刊物", len(filled), "/review/issues", "book", unit="期"))
    return found
