"""What surrounds every request: trace, officer, silent renewal, origin check, headers and timing. Pure ASGI."""

from __future__ import annotations

import secrets
import time
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.runtime import metrics
from services.kernel.runtime.errors import problem
from services.kernel.runtime.identity import (
    CSRF_COOKIE,
    SESSION_COOKIE,
    TOKEN_COOKIE,
    bearer_of,
    officer_of,
    read_token,
    renew,
    wants_renewal,
)
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.tracing import enter_trace

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
_TOKEN_COOKIE_S = 600
_YEAR_S = 365 * 24 * 3600


class Surroundings:
    """Gives each request its `state` (now, officer, token, csrf, request_id) and each answer its headers."""

    def __init__(self, app: ASGIApp, context: ServiceContext) -> None:
        self.app = app
        self.context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        if _is_foreign(request):
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
            service = request.url.path.split("/")[1] or "home"
            labels = (self.context.node.node_id, service[:20], request.method, f"{status // 100}xx")
            if not request.url.path.endswith("/live"):
                metrics.REQUESTS.labels(*labels).observe(time.perf_counter() - started)

    async def _prepare(self, request: Request) -> SimpleCookie:
        state = request.state
        state.now = self.context.clock()
        state.traceparent = enter_trace(request.headers.get("traceparent", ""))
        state.request_id = state.traceparent.split("-")[1][:12]
        cookies = SimpleCookie()
        token = bearer_of(request) or request.cookies.get(TOKEN_COOKIE, "")
        claims = read_token(self.context, token) if token else None
        session = request.cookies.get(SESSION_COOKIE, "")
        if session and not bearer_of(request) and wants_renewal(claims, state.now) and _may_renew(request):
            renewed = await renew(self.context, session)
            if renewed:
                token, claims = renewed, read_token(self.context, renewed)
                self._set(cookies, TOKEN_COOKIE, renewed, _TOKEN_COOKIE_S)
        state.token = token
        state.officer = officer_of(claims) if claims else None
        state.csrf = request.cookies.get(CSRF_COOKIE, "")
        if not state.csrf and not bearer_of(request) and not _is_public(request):
            state.csrf = secrets.token_urlsafe(24)
            self._set(cookies, CSRF_COOKIE, state.csrf, _YEAR_S)
        return cookies

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
        headers.setdefault("Cache-Control", _caching(request))
        already = [value for name, value in headers.items() if name == "set-cookie"]
        for crumb in cookies.values():
            if not any(value.startswith(f"{crumb.key}=") for value in already):
                headers.append("set-cookie", crumb.OutputString())


def _caching(request: Request) -> str:
    """Files of ours whose address carries their content's fingerprint are kept for good; pages never."""
    if not request.url.path.startswith("/static/"):
        return "no-store"
    return "public, max-age=31536000, immutable" if "v" in request.query_params else "public, max-age=3600"


def _is_foreign(request: Request) -> bool:
    """Whether a browser sends this from another site: by Origin, else by Sec-Fetch-Site."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    origin = request.headers.get("origin", "")
    if origin and origin != "null":
        return urlsplit(origin).netloc != request.headers.get("host", "")
    return request.headers.get("sec-fetch-site", "none") == "cross-site"


def _is_public(request: Request) -> bool:
    """Whether the answer is for citizens: it sets no cookie, so that caches may keep it."""
    return request.url.path.startswith("/open")


def _may_renew(request: Request) -> bool:
    return not request.url.path.startswith(("/static/", "/metrics", "/livez", "/readyz", "/directory/api/v1/tokens"))
