"""Calls that services of one node make to each other: for an officer, or signed with the node's own key, for a minute."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import jwt
from fastapi import Depends, Request

from services.kernel.language.refusal import NotFound
from services.kernel.runtime.web.tokens import ALGORITHM, MAX_TOKEN_CHARACTERS

if TYPE_CHECKING:
    from services.kernel.runtime.service import ServiceContext

AUDIENCE = "shangda.insiders"
LIFETIME = timedelta(minutes=1)
_REQUIRED = ["iss", "aud", "iat", "exp", "svc"]


def sign_call(context: ServiceContext) -> dict[str, str]:
    """The header by which another service of this node knows that a service asks.

    An officer's token names no audience and a call's token names no officer, so that neither
    is ever taken for the other.
    """
    now = context.clock()
    said = {
        "iss": context.node.node_id,
        "aud": AUDIENCE,
        "svc": context.name,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
    }
    return {"Authorization": f"Bearer {jwt.encode(said, context.token_keys.private, algorithm=ALGORITHM)}"}


class ServiceAway(Exception):
    """The other service gives no answer now."""


async def ask(
    context: ServiceContext, service: str, path: str, *, within_s: float, token: str | None = None, method: str = "GET",
    **more: Any,
) -> httpx.Response:  # fmt: skip
    """What another service of this node answers, to an officer's token or else to this service itself.

    Raises:
        ServiceAway: It does not answer in time.
    """
    headers = sign_call(context) if token is None else {"Authorization": f"Bearer {token}"}
    try:
        # The client's own timeout does not hold inside the process.
        async with asyncio.timeout(within_s):
            return await context.http.request(method, f"/{service}/{path}", headers=headers, timeout=within_s, **more)
    except (TimeoutError, httpx.HTTPError, RuntimeError) as fault:  # RuntimeError: the client is closed
        raise ServiceAway(repr(fault)[:200]) from fault


async def calling_service(request: Request) -> str:
    """The name of the service that asks; to everybody else the address does not exist."""
    context: ServiceContext = request.app.state.context
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= MAX_TOKEN_CHARACTERS:
        raise NotFound
    try:
        said = jwt.decode(
            token, context.token_keys.public, algorithms=[ALGORITHM], issuer=context.node.node_id, audience=AUDIENCE,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )  # fmt: skip
        signed_at, over_at = int(said["iat"]), int(said["exp"])
    except (jwt.InvalidTokenError, ValueError, TypeError) as fault:
        raise NotFound from fault
    now, leeway = request.state.now.timestamp(), LIFETIME.total_seconds()
    if not signed_at - leeway <= now <= over_at + leeway:
        raise NotFound
    return str(said["svc"])


Insider = Annotated[str, Depends(calling_service)]
"""The name of the calling service of this node."""
