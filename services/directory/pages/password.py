"""An officer's own password."""

from __future__ import annotations

import asyncio

from fastapi import Request, Response

from services.directory import store
from services.directory.actions import officers as actions
from services.directory.actions import sessions
from services.directory.model import OwnPassword
from services.directory.policy.administration import Administration, require
from services.directory.policy.sign_in import SIGNED_IN
from services.kernel.language.refusal import InvalidInput, Refusal
from services.kernel.runtime.pages.templating import back_to, page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Context, LiveMe, Me, Now, Officer, Reading, edge_router
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
    await _change(request, context, me, new, now=now)
    return back_to("/", "口令已更改，您在其他地方的登录已全部退出。")


async def _change(request: Request, context: ServiceContext, me: Officer, form: OwnPassword, *, now: Now) -> None:
    password_hash = await asyncio.to_thread(
        actions.hash_of_good, form.password, username=me.username, name=me.name, demo=context.settings.demo
    )
    async with context.database.reading() as session:
        check = await sessions.check_password(session, me.username, form.old_password, place=SIGNED_IN, now=now)
    keep = sessions.session_id_of(read_token(context, request.state.token))
    # A transaction of its own: the count of wrong passwords is committed with the refusal.
    async with context.database.transaction(now) as tx:
        refusal = await sessions.prove_password(tx, check)
        if refusal is None:
            await actions.set_password(tx, me.officer_id, password_hash, by=me, keep_session=keep)
    if refusal:
        raise InvalidInput(errors=[{"field": "old_password", "message": str(refusal)}])
