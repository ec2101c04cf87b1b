"""An officer's own password."""

from __future__ import annotations

from fastapi import Request, Response

from services.directory import store
from services.directory.actions import own_password, sessions
from services.directory.model import OwnPassword
from services.directory.policy.administration import Administration, require
from services.kernel.language.refusal import InvalidInput, Refusal
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Context, LiveMe, Me, Now, Reading, edge_router
from services.kernel.runtime.web.forms import Typed, comes_back, read_form
from services.kernel.runtime.web.identity import read_token

router = edge_router()


@router.get("/password")
async def show_own_password(request: Request, me: Me, reading: Reading) -> Response:
    require(me.roles, Administration.CHANGE_OWN_PASSWORD)
    return await _again(request, reading, Typed())


async def _again(request: Request, session: AsyncSession, typed: Typed, _: Refusal | None = None) -> Response:
    officer = await store.find_officer(session, request.state.officer.officer_id)
    is_initial = bool(officer and officer.is_password_initial)
    return page(request, "directory/password.html", status_code=typed.status, typed=typed, is_initial=is_initial)


@router.post("/password")
@comes_back(_again)
async def change_own_password(request: Request, context: Context, me: LiveMe, now: Now) -> Response:
    require(me.roles, Administration.CHANGE_OWN_PASSWORD)
    new = await read_form(request, OwnPassword)
    keep = sessions.session_id_of(read_token(context, request.state.token))
    refusal = await own_password.change_own_password(
        context.database, new, by=me, keep_session=keep, demo=context.settings.demo, now=now
    )
    if refusal:
        raise InvalidInput(errors=[{"field": "old_password", "message": str(refusal)}])
    return back_to("/", "口令已更改，您在其他地方的登录已全部退出。")
