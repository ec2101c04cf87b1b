"""What surrounds every request: trace, officer, silent renewal, origin check, headers and timing. Pure ASGI."""

from __future__ import annotations

import asyncio
import secrets
import time
from http.cookies import SimpleCookie
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.surroundings.monitoring import comes_from, is_for_machines, networks_in
from services.kernel.runtime.surroundings.settings import ALL_SERVICES
from services.kernel.runtime.surroundings.signals import Signals
from services.kernel.runtime.surroundings.tracing import enter_trace
from services.kernel.runtime.web.downloads import without_odd_ranges
from services.kernel.runtime.web.errors import problem
from services.kernel.runtime.web.identity import (
    CSRF_COOKIE,
    SESSION_COOKIE,
    TOKEN_COOKIE,
    bearer_of,
    officer_of,
    read_token,
    renew,
    wants_renewal,
)
from services.kernel.runtime.web.tokens import Claims

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_MEASURED = frozenset({"home", "open", "static", "login", "logout", *ALL_SERVICES})
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""What requests are counted by: never by what a stranger writes, for each name would be a series for ever."""
HEAD_ENDS_WITHIN_S = 0.5
"""How long the handler of a HEAD may go on behind its headers before it is cut off."""
_TOKEN_COOKIE_S = 600
_YEAR_S = 365 * 24 * 3600


class Surroundings:
    """Gives each request its `state` (now, officer, token, csrf, request_id) and each answer its headers."""

    def __init__(self, app: ASGIApp, context: ServiceContext, *, is_public: bool = False) -> None:
        self.app = app
        self.context = context
        self.is_public = is_public
        self.monitoring = networks_in(context.settings.monitoring_from)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = without_odd_ranges(scope)
        if self.is_public and self._is_from_outside(scope) and not _is_shown_outside(scope["path"]):
            await problem(404, "not_found", "没有这个页面。")(scope, receive, send)
            return
        if is_for_machines(scope["path"]) and not comes_from(scope, self.monitoring):
            await problem(404, "not_found", "没有这个页面。")(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            await _answer_head(self, scope, receive, send)
            return
        request = Request(scope)
        if _is_foreign(request, is_secure=self.context.settings.secure_cookies):
            await problem(403, "cross_site_request", "请求来自其他网站，已拒绝。")(scope, receive, send)
            return
        cookies = await self._prepare(request)
        started = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(message, request, cookies)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            first = request.url.path.split("/")[1] or "home"
            service = first if first in _MEASURED else "other"
            method = request.method if request.method in _METHODS else "other"
            labels = (self.context.node.node_id, service, method, f"{status // 100}xx")
            if not request.url.path.endswith("/live"):
                metrics.REQUESTS.labels(*labels).observe(time.perf_counter() - started)

    def _is_from_outside(self, scope: Scope) -> bool:
        """Whether the request came in at the port for citizens; a call within the process has no port."""
        port = (scope.get("server") or ("", None))[1]
        return port is not None and port != self.context.settings.inside_port

    async def _prepare(self, request: Request) -> SimpleCookie:
        state = request.state
        state.now = self.context.clock()
        state.seen = Signals.now()
        state.traceparent = enter_trace(request.headers.get("traceparent", ""))
        state.request_id = state.traceparent.split("-")[1][:12]
        cookies = SimpleCookie()
        token = bearer_of(request) or request.cookies.get(TOKEN_COOKIE, "")
        claims = await self._claims(request, token)
        session = request.cookies.get(SESSION_COOKIE, "")
        if session and not bearer_of(request) and wants_renewal(claims, state.now) and _may_renew(request):
            renewed = await renew(self.context, session)
            if renewed:
                token, claims = renewed, read_token(self.context, renewed)
                self._set(cookies, TOKEN_COOKIE, renewed, _TOKEN_COOKIE_S)
        state.token = token
        state.officer = officer_of(claims) if claims else None
        state.session_id = claims.session_id if claims else ""
        state.csrf = request.cookies.get(CSRF_COOKIE, "")
        if not state.csrf and not bearer_of(request) and not _is_public(request):
            state.csrf = secrets.token_urlsafe(24)
            self._set(cookies, CSRF_COOKIE, state.csrf, _YEAR_S)
        return cookies

    async def _claims(self, request: Request, token: str) -> Claims | None:
        """What the token says, unless its sign-in has ended; a write asks the database, never what was found before."""
        claims = read_token(self.context, token) if token else None
        is_write = request.method not in {"GET", "HEAD", "OPTIONS"}
        if claims and await self.context.ended.has(claims.session_id, at_once=is_write):
            return None
        return claims

    def _set(self, cookies: SimpleCookie, name: str, value: str, lifetime_s: int) -> None:
        cookies[name] = value
        crumb: Any = cookies[name]
        crumb["path"], crumb["httponly"], crumb["samesite"], crumb["max-age"] = "/", True, "Lax", lifetime_s
        if self.context.settings.secure_cookies:
            crumb["secure"] = True

    def _dress(self, message: Message, request: Request, cookies: SimpleCookie) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = request.state.request_id
        headers.setdefault("Cache-Control", _caching(request, message["status"]))
        already = [value for name, value in headers.items() if name == "set-cookie"]
        for crumb in cookies.values():
            if not any(value.startswith(f"{crumb.key}=") for value in already):
                headers.append("set-cookie", crumb.OutputString())


async def _answer_head(surroundings: Surroundings, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer HEAD as GET would be answered, without the body; what never ends is cut off behind its headers.

    The handler finds `is_head` in the request's state: what a GET writes, a HEAD does not.
    """
    is_begun = asyncio.Event()

    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            is_begun.set()

    as_get = {**scope, "method": "GET", "state": {**scope.get("state", {}), "is_head": True}}
    answering = asyncio.create_task(surroundings(as_get, receive, send_head))
    begun = asyncio.create_task(is_begun.wait())
    await asyncio.wait([answering, begun], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait([answering], timeout=HEAD_ENDS_WITHIN_S)
    for task in (answering, begun):
        task.cancel()
    for outcome in await asyncio.gather(answering, begun, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome


def _caching(request: Request, status: int) -> str:
    """Files of ours whose address carries their content's fingerprint are kept for good; pages and refusals never."""
    if not request.url.path.startswith("/static/") or status >= 400:
        return "no-store"
    return "public, max-age=31536000, immutable" if "v" in request.query_params else "public, max-age=3600"


def _is_foreign(request: Request, *, is_secure: bool) -> bool:
    """Whether a browser sends this from another site: by Origin with its scheme, else by Sec-Fetch-Site."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    if origin := request.headers.get("origin", ""):
        scheme = "https" if is_secure else request.url.scheme
        return origin != f"{scheme}://{request.headers.get('host', '')}"
    return request.headers.get("sec-fetch-site", "none") == "cross-site"


def _is_public(request: Request) -> bool:
    """Whether the answer is for citizens: it sets no cookie, so that caches may keep it."""
    return request.url.path.startswith("/open")


def _is_shown_outside(path: str) -> bool:
    """What the port for citizens answers: the portal, its files, and whether it is up; no metrics, no API documents."""
    return path in {"/", "/open", "/livez", "/readyz"} or path.startswith(("/open/", "/static/"))


def _may_renew(request: Request) -> bool:
    away = ("/static/", "/metrics", "/livez", "/readyz", "/directory/api/v1/tokens")
    return not (_is_public(request) or request.url.path.startswith(away))
