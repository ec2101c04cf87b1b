"""The door: sign in with what was typed kept, sign out."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from services.directory import metrics, store
from services.directory.actions import sessions
from services.directory.actions.browsers import KNOWN_COOKIE, KNOWN_FOR_S, known_from_now_on, place_of
from services.directory.actions.sessions import SignedIn
from services.directory.policy.sign_in import SESSION_LASTS, way_back
from services.kernel.language.refusal import Refusal
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.web.dependencies import Context, Now, Tx, edge_router
from services.kernel.runtime.web.forms import Typed, comes_back, read_form
from services.kernel.runtime.web.identity import CSRF_COOKIE, SESSION_COOKIE, TOKEN_COOKIE, read_token
from services.kernel.runtime.web.tokens import sign_token

router = edge_router()

_FIRST_OF_ALL = "/directory/password"
_YEAR_S = 365 * 24 * 3600


class SignInForm(BaseModel):
    """The form of the sign-in page."""

    username: Annotated[str, Field(max_length=64, title="用户名")] = ""
    password: Annotated[str, Field(max_length=400, title="口令")] = ""
    next: Annotated[str, Field(max_length=2000)] = ""


@router.get("/login")
async def show_sign_in(
    request: Request, context: Context, next_: Annotated[str, Query(alias="next", max_length=2000)] = ""
) -> Response:
    if request.state.officer is not None:
        return RedirectResponse(way_back(next_), status_code=303)
    return await _page(request, context, Typed(), way_back(next_))


async def _again(request: Request, _session: AsyncSession, typed: Typed, _: Refusal) -> Response:
    return await _page(request, request.app.state.context, typed, way_back(typed.get("next")))


@router.post("/login")
@comes_back(_again)
async def sign_in(request: Request, context: Context, now: Now) -> Response:
    form = await read_form(request, SignInForm)
    signed_in = await _check_and_sign_in(request, context, form, now)
    target = _FIRST_OF_ALL if signed_in.must_change_password else way_back(form.next)
    response = RedirectResponse(target, status_code=303)
    _give_cookies(response, context, signed_in)
    return response


@router.post("/logout")
async def sign_out(request: Request, context: Context, tx: Tx) -> Response:
    token = request.state.token
    await sessions.sign_out(
        tx,
        secret=request.cookies.get(SESSION_COOKIE, ""),
        claims=read_token(context, token) if token else None,
    )
    response = RedirectResponse("/login", status_code=303)
    for name in (TOKEN_COOKIE, SESSION_COOKIE):
        response.delete_cookie(name, path="/", httponly=True, samesite="lax")
    return response


async def _check_and_sign_in(request: Request, context: ServiceContext, form: SignInForm, now: Now) -> SignedIn:
    address = request.client.host if request.client else ""
    place = place_of(context, form.username, cookie=request.cookies.get(KNOWN_COOKIE, ""), address=address)
    async with context.database.reading() as session:
        check = await sessions.check_password(session, form.username, form.password, place=place, now=now)
    # A transaction of its own: the count of wrong passwords is committed with the refusal.
    async with context.database.transaction(now) as tx:
        outcome = await sessions.sign_in(tx, check, demo=context.settings.demo)
    metrics.count_sign_in(context.node.node_id, outcome)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _give_cookies(response: Response, context: ServiceContext, signed_in: SignedIn) -> None:
    claims = signed_in.claims
    shared: dict[str, Any] = {
        "path": "/",
        "httponly": True,
        "samesite": "lax",
        "secure": context.settings.secure_cookies,
    }
    token = sign_token(claims, context.token_keys.private)
    lasts_s = int((claims.expires_at - claims.issued_at).total_seconds())
    response.set_cookie(TOKEN_COOKIE, token, max_age=lasts_s, **shared)
    # A token that somebody may have planted in this browser before is no good from now on.
    response.set_cookie(CSRF_COOKIE, secrets.token_urlsafe(24), max_age=_YEAR_S, **shared)
    response.set_cookie(KNOWN_COOKIE, known_from_now_on(context, claims.username), max_age=KNOWN_FOR_S, **shared)
    response.set_cookie(SESSION_COOKIE, signed_in.secret, max_age=int(SESSION_LASTS.total_seconds()), **shared)


async def _page(request: Request, context: ServiceContext, typed: Typed, asked_for: str) -> Response:
    async with context.database.reading() as session:
        profile = await store.find_profile(session, context.node.node_id)
    return page(
        request,
        "directory/login.html",
        status_code=typed.status,
        username=typed.fields.get("username", ""),
        errors=typed.errors,
        message=typed.message,
        asked_for=asked_for,
        profile=profile,
        is_demo=context.settings.demo,
    )
