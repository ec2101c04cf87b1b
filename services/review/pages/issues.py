"""Issues: begun, arranged with buttons, previewed with their masthead, signed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from services.kernel.language.refusal import InvalidInput, Refusal
from services.kernel.language.vocabulary import ReviewStatus, Role, UnitKind
from services.kernel.runtime.documents.brief import BriefDocument
from services.kernel.runtime.documents.brief.unprintable import list_unprintable
from services.kernel.runtime.pages.export import ExportForm, local_text
from services.kernel.runtime.pages.listing import Cursor, Place, Sort, export_list
from services.kernel.runtime.pages.paging import Part
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.surroundings.identifiers import id_in
from services.kernel.runtime.web.asking import named_in
from services.kernel.runtime.web.dependencies import (
    IfMatch,
    LiveMe,
    Me,
    Node,
    OfferedVersion,
    Officer,
    Reading,
    Tx,
    edge_router,
)
from services.kernel.runtime.web.forms import Typed, comes_back, read_form
from services.review.actions.publishing import IssueChange, arrange_issue, entry_of, open_issue, sign_issue
from services.review.actions.selecting import select_submission
from services.review.model import Adoption, Issue, IssueStatus, Periodical, ReviewItem, Series
from services.review.model.inputs import IssueInput, NewIssue
from services.review.policy import Check, CheckState, issue_label, issue_year, next_number
from services.review.policy.issues import issue_checks, require_issue_role, sign_blocker
from services.review.store import issues
from services.review.store.briefs import brief_of
from services.review.store.lists import ItemFilter, list_items, office_items
from services.review.store.sources import source_names

router = edge_router(prefix="/issues")

_READERS = frozenset({Role.EDITOR, Role.CHIEF, Role.LEADER})


@dataclass(frozen=True, kw_only=True)
class IssuePage:
    """An issue ready to be shown."""

    issue: Issue
    periodical: Periodical
    brief: BriefDocument
    entries: list[tuple[Adoption, ReviewItem]]
    sources: dict[UUID, str]
    pool: list[ReviewItem]
    checks: list[Check]
    expected: int
    may_arrange: bool
    may_sign: bool
    typed: Typed

    @property
    def label(self) -> str:
        """第N期, or that it has no number yet."""
        return issue_label(self.issue.number, is_supplement=self.issue.series is Series.SUPPLEMENT)

    @property
    def characters(self) -> int:
        """How long it is."""
        return sum(len(adoption.body) or item.body_length for adoption, item in self.entries)

    @property
    def blockers(self) -> list[dict[str, str]]:
        """What stands in the way of the signature."""
        blocker = sign_blocker(self.checks)
        return blocker.details["errors"] if blocker else []

    @property
    def warning(self) -> str:
        """What does not stand in its way, but should be known before it."""
        return "；".join(
            f"{check.label}：{check.note}" if check.note else check.label
            for check in self.checks
            if check.state is CheckState.WAIT
        )


@dataclass(frozen=True)
class Asked:
    """What the address of the list of signed issues asks for."""

    periodical: Annotated[str, Query(max_length=40)] = ""
    sort: Sort = ""
    cursor: Cursor = ""

    @property
    def place(self) -> Place:
        """Which part of the list that is."""
        sorts = {"signed": "按签发时间", "number": "按期号"}
        return Place("/review/issues", {"periodical": self.periodical}, sorts, self.sort, self.cursor)

    async def read(self, session: AsyncSession, cursor: str, limit: int) -> Part[Issue]:
        """The signed issues it means, after a cursor."""
        wanted = _uuid(self.periodical) if self.periodical else None
        return await issues.list_signed(session, periodical_id=wanted, order=self.sort, cursor=cursor, limit=limit)


AskedFor = Annotated[Asked, Depends()]


@router.get("")
async def show_issues(request: Request, me: Me, session: Reading, asked: AskedFor) -> Response:
    _require_reader(me)
    drafts = await issues.list_issues(session, status=IssueStatus.DRAFT, limit=50)
    signed = await asked.read(session, asked.cursor, 30)
    ids = [issue.issue_id for issue in [*drafts.rows, *signed.rows]]
    return page(
        request,
        "review/issues.html",
        drafts=drafts.rows,
        are_more_drafts=drafts.next is not None,
        signed=signed.rows,
        next_href=asked.place.next_href(signed),
        place=asked.place,
        asked=asked,
        every_periodical=[
            (str(one.periodical_id), one.title) for one in await issues.list_periodicals(session, active_only=False)
        ],
        places=await issues.titles_of(session, ids),
        counts=await issues.count_entries(session, ids),
        periodicals=await issues.list_periodicals(session),
        issue_label=issue_label,
        may_arrange=me.has(Role.EDITOR, Role.CHIEF),
    )


@router.get("/export.{form}")
async def export(form: ExportForm, me: Me, session: Reading, asked: AskedFor) -> Response:
    _require_reader(me)

    async def read(cursor: str, limit: int) -> Part[tuple[Issue, Periodical, int]]:
        part = await asked.read(session, cursor, limit)
        ids = [issue.issue_id for issue in part.rows]
        titles, counts = await issues.titles_of(session, ids), await issues.count_entries(session, ids)
        return Part([(one, titles[one.issue_id][1], counts.get(one.issue_id, 0)) for one in part.rows], part.next)

    def line(row: tuple[Issue, Periodical, int]) -> list[object]:
        one, periodical, count = row
        label = issue_label(one.number, is_supplement=one.series is Series.SUPPLEMENT)
        by = one.sign_off.signed_by if one.sign_off else ""
        return [periodical.title, periodical.system.label, one.year or "", label, count, by, local_text(one.signed_at)]

    head = ["刊物", "系统", "年度", "期号", "稿件", "签发人", "签发时间"]
    return await export_list(form, "已签发刊物", head, read=read, line=line)


async def _again(request: Request, session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    me, context = request.state.officer, request.app.state.context
    return await _show(request, session, me, named_in(request, "issue_id", UUID), context.node.node_id, typed)


@router.post("")
async def begin(request: Request, me: Me, tx: Tx) -> Response:
    new = await read_form(request, NewIssue)
    issue = await open_issue(tx, by=me, periodical_id=new.periodical_id, series=new.series)
    return back_to(f"/review/issues/{issue.issue_id}", "已新开一期。")


@router.get("/{issue_id}")
async def show_issue(request: Request, issue_id: UUID, me: Me, *, session: Reading, node: Node) -> Response:
    return await _show(request, session, me, issue_id, node.node_id, Typed())


@router.post("/{issue_id}/arrange")
@comes_back(_again)
async def arrange(request: Request, issue_id: UUID, me: Me, version: IfMatch, tx: Tx) -> Response:
    new = await read_form(request, IssueInput)
    change = IssueChange(texts=new.texts, copies=new.copies or 0)
    await arrange_issue(tx, issue_id, by=me, change=change, version=version)
    return back_to(f"/review/issues/{issue_id}", "已保存。")


@router.post("/{issue_id}/order")
@comes_back(_again)
async def reorder(request: Request, issue_id: UUID, me: Me, *, version: OfferedVersion, tx: Tx) -> Response:
    """Move one item up or down, take it out, or put all in the order that was dragged."""
    form = await request.form()
    moved = _uuid(str(form.get("adoption_id", ""))) if form.get("adoption_id") else None
    ids = [adoption.adoption_id for adoption, _ in await issues.list_entries(tx.session, issue_id)]
    order = _dragged(str(form.get("order", ""))) or _moved(ids, moved, str(form.get("move", "")))
    issue = await issues.find_issue(tx.session, issue_id)
    based_on = issue.version if version is None else version
    await arrange_issue(tx, issue_id, by=me, change=IssueChange(adoption_ids=order), version=based_on)
    said = "已移出，稿件回到待处理。" if form.get("move") == "out" else ""
    return back_to(f"/review/issues/{issue_id}#order", said)


@router.post("/{issue_id}/select")
@comes_back(_again)
async def select(request: Request, issue_id: UUID, me: Me, tx: Tx) -> Response:
    origin_id = _uuid(str((await request.form()).get("origin_id", "")))
    issue = await issues.find_issue(tx.session, issue_id)
    await select_submission(tx, origin_id, by=me, periodical_id=issue.periodical_id, issue_id=issue_id)
    return back_to(f"/review/issues/{issue_id}#order", "已编入。")


@router.post("/{issue_id}/sign")
@comes_back(_again)
async def sign(issue_id: UUID, me: LiveMe, version: OfferedVersion, tx: Tx) -> Response:
    issue = await sign_issue(tx, issue_id, by=me, version=version)
    return back_to(f"/review/issues/{issue_id}", f"已签发，期号为第 {issue.number} 期。")


async def _show(  # noqa: PLR0917 - a page needs all of it
    request: Request, session: AsyncSession, me: Officer, issue_id: UUID, node_id: str, typed: Typed
) -> Response:
    _require_reader(me)
    fonts_dir = Path(request.app.state.context.settings.fonts_dir)
    read = await _read(session, me, issue_id, node_id=node_id, now=request.state.now, fonts_dir=fonts_dir)
    shown = replace(read, typed=typed)
    return page(request, "review/issue.html", status_code=typed.status, shown=shown)


async def _read(
    session: AsyncSession, me: Officer, issue_id: UUID, *, node_id: str, now: Any, fonts_dir: Path
) -> IssuePage:
    brief = await brief_of(session, issue_id, node_id)
    issue, periodical = (await issues.titles_of(session, [issue_id]))[issue_id]
    entries = await issues.list_entries(session, issue_id)
    last = await issues.last_number(session, issue.periodical_id, issue_year(now), issue.series)
    unprintable = await list_unprintable(brief, fonts_dir) if issue.is_draft else []
    return IssuePage(
        issue=issue,
        periodical=periodical,
        brief=brief,
        entries=entries,
        sources=await source_names(session, node_id, [item for _, item in entries]),
        pool=await _pool(session, me, issue),
        checks=issue_checks([entry_of(item) for _, item in entries], unprintable) if issue.is_draft else [],
        expected=next_number(last),
        may_arrange=issue.is_draft and me.has(Role.EDITOR, Role.CHIEF),
        may_sign=issue.is_draft and me.has(Role.CHIEF),
        typed=Typed(),
    )


async def _pool(session: AsyncSession, me: Officer, issue: Issue) -> list[ReviewItem]:
    """Kept items that could still be put in, the longest waiting first."""
    if not issue.is_draft or not me.has(Role.EDITOR):
        return []
    kept = ItemFilter(statuses=(ReviewStatus.KEPT,))
    return (await list_items(session, office_items(me), kept, limit=8)).rows


def _moved(ids: list[UUID], moved: UUID | None, how: str) -> list[UUID]:
    if moved not in ids:
        return ids
    at = ids.index(moved)
    rest = [one for one in ids if one != moved]
    to = {"up": max(0, at - 1), "down": at + 1}.get(how)
    return rest if to is None else [*rest[:to], moved, *rest[to:]]


def _dragged(order: str) -> list[UUID]:
    return [_uuid(one) for one in order.split(",") if one]


def _require_reader(me: Officer) -> None:
    require_issue_role(me.roles, is_office=me.unit_kind is UnitKind.HEAD_OFFICE, allowed=_READERS)


def _uuid(text: str) -> UUID:
    if (found := id_in(text)) is None:
        raise InvalidInput
    return found
