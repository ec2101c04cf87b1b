"""The way in, and the unit's part of the home page: returned items, open questions, undelivered items, drafts."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.intake import store
from services.intake.policy.access import may_write_some
from services.kernel.language.vocabulary import IntakeStatus
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.web.dependencies import Me, Now, Reading, edge_router

router = edge_router()


@router.get("/", include_in_schema=False)
async def enter() -> Response:
    return RedirectResponse("/intake/submissions", status_code=303)


@router.get("/fragments/todo")
async def show_todo(request: Request, me: Me, session: Reading, now: Now) -> Response:
    if not may_write_some(me.roles):
        return Response(media_type="text/html")
    counts = await store.count_by_status(session, me)
    questions = await store.list_open_questions(session, me)
    return page(
        request,
        "intake/_todo.html",
        returned=counts.get(IntakeStatus.RETURNED, 0),
        oldest_returned=await store.oldest_of(session, me, IntakeStatus.RETURNED),
        drafts=counts.get(IntakeStatus.DRAFT, 0),
        questions=await store.count_open_questions(session, me) if questions else 0,
        oldest_question=questions[0] if questions else None,
        undelivered=await store.count_undelivered(session, me, now),
    )
