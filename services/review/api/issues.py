"""Periodicals and issues."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.kernel.language.reading import reads_in_office
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.pages.listing import Cursor
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import (
    IfMatch,
    LiveMe,
    Me,
    Node,
    OfferedVersion,
    Officer,
    Reading,
    Tx,
    asked_first,
    edge_router,
    etag,
    of_officer,
)
from services.kernel.runtime.web.views import Page
from services.review.actions.publishing import (
    IssueChange,
    arrange_issue,
    open_issue,
    require_arranger,
    require_chief,
    sign_issue,
)
from services.review.actions.signing import Signature
from services.review.api.issue_views import IssueRowView, IssueView, PeriodicalView
from services.review.model import IssueStatus
from services.review.model.inputs import IssueInput, NewIssue, NewSignature
from services.review.policy.issues import require_issue_role
from services.review.store import issues
from services.review.store.sources import source_names

router = edge_router(prefix="/api/v1")

_READERS = frozenset({Role.EDITOR, Role.CHIEF, Role.LEADER})


@router.get("/periodicals")
async def list_periodicals(_me: Me, session: Reading) -> Page[PeriodicalView]:
    found = await issues.list_periodicals(session)
    return Page[PeriodicalView](items=[PeriodicalView.read(one) for one in found])


@router.get("/issues")
async def list_issues(
    me: Me,
    session: Reading,
    status: IssueStatus = IssueStatus.DRAFT,
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> Page[IssueRowView]:
    _require_reader(me)
    found = await issues.list_issues(session, status=status, cursor=cursor, limit=limit)
    ids = [issue.issue_id for issue in found.rows]
    places, counts = await issues.titles_of(session, ids), await issues.count_entries(session, ids)
    rows = [IssueRowView.of(one, places[one.issue_id][1], counts.get(one.issue_id, 0)) for one in found.rows]
    return Page[IssueRowView](items=rows, next=found.next)


@router.post("/issues", status_code=201)
@asked_first(of_officer(require_arranger))
async def begin_issue(me: Me, tx: Tx, response: Response, new: NewIssue) -> IssueView:
    issue = await open_issue(tx, by=me, periodical_id=new.periodical_id, series=new.series)
    return await _answer(tx.session, response, issue.issue_id, tx.node.node_id)


@router.get("/issues/{issue_id}")
async def read_issue(issue_id: UUID, me: Me, session: Reading, node: Node, response: Response) -> IssueView:
    _require_reader(me)
    return await _answer(session, response, issue_id, node.node_id)


@router.patch("/issues/{issue_id}")
@asked_first(of_officer(require_arranger))
async def change_issue(
    issue_id: UUID, me: Me, *, version: IfMatch, tx: Tx, response: Response, change: IssueInput
) -> IssueView:
    wanted = IssueChange(adoption_ids=change.adoption_ids, texts=change.texts, copies=change.copies)
    await arrange_issue(tx, issue_id, by=me, change=wanted, version=version)
    return await _answer(tx.session, response, issue_id, tx.node.node_id)


@router.post("/issues/{issue_id}/sign")
@asked_first(of_officer(require_chief))
async def sign(
    issue_id: UUID, me: LiveMe, *, tx: Tx, version: OfferedVersion, response: Response, new: NewSignature | None = None
) -> IssueView:
    signature = Signature.of(new)
    await sign_issue(tx, issue_id, by=me, signature=signature, version=version)
    return await _answer(tx.session, response, issue_id, tx.node.node_id)


async def _answer(session: AsyncSession, response: Response, issue_id: UUID, node_id: str) -> IssueView:
    await session.flush()
    issue, periodical = (await issues.titles_of(session, [issue_id])).get(issue_id) or (None, None)
    if issue is None or periodical is None:
        raise issues.IssueNotFound
    entries = await issues.list_entries(session, issue_id)
    etag(response, issue.version)
    sources = await source_names(session, node_id, [item for _, item in entries])
    return IssueView.whole(issue, periodical, entries, sources)


def _require_reader(me: Officer) -> None:
    require_issue_role(me.roles, is_office=reads_in_office(me), allowed=_READERS)
