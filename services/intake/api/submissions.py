"""Items: write, change, submit, read and find them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.intake import actions, store
from services.intake.actions.reading import find_own, require_some_writer
from services.intake.api.views import LineView, StandingView, SubmissionView, whole_view
from services.intake.model import SubmissionChange
from services.kernel.language.vocabulary import IntakeStatus
from services.kernel.runtime.pages.listing import Cursor, Sort
from services.kernel.runtime.web.dependencies import (
    IfMatch,
    Me,
    Node,
    Reading,
    Tx,
    asked_first,
    etag,
    of_officer,
    of_thing,
)
from services.kernel.runtime.web.limits import edge_router
from services.kernel.runtime.web.views import Page

router = edge_router(prefix="/api/v1/submissions")

Limit = Annotated[int, Query(ge=1, le=200)]


@router.post("", status_code=201)
@asked_first(of_officer(require_some_writer))
async def create(change: SubmissionChange, me: Me, tx: Tx, response: Response) -> StandingView:
    submission = await actions.create_draft(tx, change.values, by=me)
    etag(response, submission.version)
    response.headers["Location"] = f"/intake/api/v1/submissions/{submission.origin_id}"
    return StandingView.of(submission)


@router.patch("/{origin_id}")
@asked_first(of_thing("origin_id", find_own))
async def change(
    origin_id: UUID, change: SubmissionChange, version: IfMatch, *, me: Me, tx: Tx, response: Response
) -> StandingView:
    submission = await actions.change_draft(tx, origin_id, change.values, by=me, version=version)
    etag(response, submission.version)
    return StandingView.of(submission)


@router.post("/{origin_id}/submit")
async def submit(origin_id: UUID, me: Me, tx: Tx, response: Response) -> StandingView:
    submission = await actions.submit(tx, origin_id, by=me)
    etag(response, submission.version)
    return StandingView.of(submission)


@router.post("/{origin_id}/copy", status_code=201)
async def copy(origin_id: UUID, me: Me, tx: Tx, response: Response) -> StandingView:
    submission = await actions.copy_submission(tx, origin_id, by=me)
    etag(response, submission.version)
    return StandingView.of(submission)


@router.delete("/{origin_id}", status_code=204)
async def discard(origin_id: UUID, me: Me, tx: Tx) -> None:
    await actions.discard_draft(tx, origin_id, by=me)


@router.post("/{origin_id}/restore")
async def restore(origin_id: UUID, me: Me, tx: Tx, response: Response) -> StandingView:
    submission = await actions.restore_draft(tx, origin_id, by=me)
    etag(response, submission.version)
    return StandingView.of(submission)


@router.get("/{origin_id}")
async def show(origin_id: UUID, me: Me, session: Reading, node: Node, response: Response) -> SubmissionView:
    submission = await actions.open_submission(session, origin_id, node.node_id, by=me)
    etag(response, submission.version)
    return await whole_view(session, submission)


@router.get("")
async def list_own(
    *,
    me: Me,
    session: Reading,
    status: IntakeStatus | None = None,
    q: Annotated[str, Query(max_length=100)] = "",
    sort: Sort = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[LineView]:
    listing = store.Listing(me, status=status, query=q, order=sort, cursor=cursor, limit=limit)
    found = await store.list_submissions(session, listing)
    return Page[LineView](items=[LineView.of(one) for one in found.rows], next=found.next)
