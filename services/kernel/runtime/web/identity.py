"""Who is asking: the officer of a request, from the directory's token in header or cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import structlog
from starlette.requests import HTTPConnection

from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.refusal import NotPermitted, NotSignedIn, Refusal
from services.kernel.language.vocabulary import Role, UnitKind
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.web.tokens import Claims, TokenExpired, TokenInvalid, verify_token

log = structlog.get_logger()

TOKEN_COOKIE = "shangda_token"
SESSION_COOKIE = "shangda_session"
CSRF_COOKIE = "shangda_csrf"
RENEW_BEFORE = timedelta(minutes=3)
LIVE_TIMEOUT_S = 3.0


class DirectoryUnreachable(Refusal):
    """暂时无法核对您的权限，请稍后再试。您填写的内容还在。"""

    status = 503
    code = "directory_unreachable"
    message = "暂时无法核对您的权限，请稍后再试。您填写的内容还在。"


@dataclass(frozen=True, slots=True)
class Officer:
    """The signed-in officer as the token says: person, unit and roles."""

    officer_id: UUID
    username: str
    name: str
    unit_id: UUID
    unit_name: str
    unit_kind: UnitKind
    section: str
    roles: frozenset[Role]

    @property
    def ref(self) -> OfficerRef:
        """How facts and audit rows name the officer."""
        return OfficerRef(officer_id=self.officer_id, name=self.name, unit_id=self.unit_id, unit_name=self.unit_name)

    def has(self, *roles: Role) -> bool:
        """Whether the officer holds any of these roles."""
        return bool(self.roles.intersection(roles))

    def require(self, *roles: Role) -> None:
        """Refuse unless the officer holds one of these roles.

        Raises:
            NotPermitted: None of them.
        """
        if not self.has(*roles):
            raise NotPermitted


def bearer_of(connection: HTTPConnection) -> str:
    """The token of the Authorization header, or an empty string."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def officer_of(claims: Claims) -> Officer:
    """The officer a token speaks of."""
    return Officer(
        claims.officer_id, claims.username, claims.name, claims.unit_id, claims.unit_name,
        claims.unit_kind, claims.section, claims.roles,
    )  # fmt: skip


def read_token(context: ServiceContext, token: str) -> Claims | None:
    """The claims of a valid token, else None."""
    try:
        return verify_token(token, context.token_keys.public, context.clock(), context.node.node_id)
    except (TokenInvalid, TokenExpired):
        return None


def wants_renewal(claims: Claims | None, now: datetime) -> bool:
    """Whether a cookie's token is over or nearly over."""
    return claims is None or claims.expires_at - now < RENEW_BEFORE


async def renew(context: ServiceContext, session: str) -> str | None:
    """A new token for a session, from the directory; None when the session is over or it does not answer."""
    try:
        answer = await context.http.post(
            "/directory/api/v1/tokens/renew", json={"session": session}, timeout=LIVE_TIMEOUT_S
        )
    except httpx.HTTPError as fault:
        log.warning("identity.directory.away", fault=repr(fault))
        return None
    return str(answer.json()["access_token"]) if answer.status_code == 200 else None


async def confirm_live(context: ServiceContext, token: str) -> dict[str, Any]:
    """Ask the directory whether this officer still stands as the token says; fails closed.

    Raises:
        NotSignedIn: The session was revoked or the officer released.
        DirectoryUnreachable: No answer.
    """
    try:
        answer = await context.http.get(
            "/directory/api/v1/officers/me", headers={"Authorization": f"Bearer {token}"}, timeout=LIVE_TIMEOUT_S
        )
    except httpx.HTTPError as fault:
        raise DirectoryUnreachable from fault
    if answer.status_code in {401, 403}:
        raise NotSignedIn
    if answer.status_code != 200:
        raise DirectoryUnreachable
    standing: dict[str, Any] = answer.json()
    return standing
