"""Sign in, renew, sign out, and the keys with which tokens are verified."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, Field

from services.directory import metrics
from services.directory.actions import sessions
from services.directory.actions.browsers import KNOWN_COOKIE, place_of
from services.directory.actions.sessions import SignedIn
from services.directory.api.views import KeyView, TokenView
from services.directory.policy.sign_in import SessionOver
from services.kernel.language.refusal import Refusal
from services.kernel.runtime.web.dependencies import Context, Now, Tx, edge_router
from services.kernel.runtime.web.identity import SESSION_COOKIE, read_token
from services.kernel.runtime.web.tokens import KeyPair, fingerprint, public_key_text, sign_token
from services.kernel.runtime.web.views import Page

router = edge_router()


class SignIn(BaseModel):
    """Username and password as typed."""

    username: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=400)]


class SessionSecret(BaseModel):
    """The secret of a session; browsers carry it in their cookie instead."""

    session: Annotated[str, Field(max_length=200)] = ""


@router.post("/tokens")
async def sign_in(request: Request, asked: SignIn, context: Context, now: Now) -> TokenView:
    address = request.client.host if request.client else ""
    place = place_of(context, asked.username, cookie=request.cookies.get(KNOWN_COOKIE, ""), address=address)
    async with context.database.reading() as session:
        check = await sessions.check_password(session, asked.username, asked.password, place=place, now=now)
    # A transaction of its own: the count of wrong passwords is committed with the refusal.
    async with context.database.transaction(now) as tx:
        outcome = await sessions.sign_in(tx, check, demo=context.settings.demo)
    metrics.count_sign_in(context.node.node_id, outcome)
    if isinstance(outcome, Refusal):
        raise outcome
    return _answer(outcome, context.token_keys)


@router.post("/tokens/renew")
async def renew(request: Request, context: Context, tx: Tx, asked: SessionSecret | None = None) -> TokenView:
    request.state.is_secret = True  # two tokens for one request harm less than one kept where others can read it
    secret = (asked.session if asked else "") or request.cookies.get(SESSION_COOKIE, "")
    return _answer(await sessions.renew(tx, secret), context.token_keys)


@router.post("/tokens/revoke", status_code=204)
async def sign_out(request: Request, context: Context, tx: Tx, asked: SessionSecret | None = None) -> Response:
    secret = (asked.session if asked else "") or request.cookies.get(SESSION_COOKIE, "")
    claims = read_token(context, request.state.token) if request.state.token else None
    await sessions.sign_out(tx, secret=secret, claims=claims)
    if not secret and claims is None:
        raise SessionOver
    return Response(status_code=204)


@router.get("/keys")
async def list_keys(context: Context) -> Page[KeyView]:
    keys = {"token": context.token_keys, "node": context.node_keys}
    return Page[KeyView](
        items=[
            KeyView(
                key_id=pair.key_id,
                use=use,
                public_key=public_key_text(pair.public),
                fingerprint=fingerprint(pair.public),
            )
            for use, pair in keys.items()
        ]
    )


def _answer(signed_in: SignedIn, keys: KeyPair) -> TokenView:
    claims, session = signed_in.claims, signed_in.session
    return TokenView(
        access_token=sign_token(claims, keys.private),
        expires_in=int((claims.expires_at - claims.issued_at).total_seconds()),
        session=signed_in.secret or None,
        session_expires_in=int((session.expires_at - claims.issued_at).total_seconds()),
    )
