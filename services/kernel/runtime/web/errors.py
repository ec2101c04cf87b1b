"""How a refusal or a fault is answered: problem+json (RFC 9457) or a page, by what was asked for."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from services.kernel.language.refusal import InvalidInput, NotFound, NotSignedIn, Refusal
from services.kernel.runtime.pages.templating import back_to, error_page
from services.kernel.runtime.surroundings import metrics
from services.kernel.runtime.web.identity import SESSION_COOKIE
from services.kernel.runtime.web.sentences import error_of, label_at

log = structlog.get_logger()

_HTTP_REFUSALS = {
    404: ("not_found", "没有这个地址，可能已经移动或删除。"),
    405: ("method_not_allowed", "这个地址不接受这种操作。"),
    413: ("body_too_large", "提交的内容太大。"),
    415: ("media_type_not_supported", "不接受这种格式的内容。"),
    400: ("request_malformed", "请求的格式无法识别。"),
}

MOST_ERRORS = 100
"""So many wrong fields are named; who sends more is no form of ours."""


def add_error_answers(app: FastAPI) -> None:
    """Answer refusals, malformed input and faults of `app` in one way."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _fault)


def wants_page(request: Request) -> bool:
    """Whether a person with a browser asks, rather than a program."""
    return "/api/" not in request.url.path and "text/html" in request.headers.get("accept", "")


def answer_refusal(request: Request, refusal: Refusal) -> Response:
    """The refusal as a problem document or a page; a stranger on a page is sent to sign in."""
    if isinstance(refusal, NotSignedIn) and wants_page(request):
        return _to_sign_in(request)
    if wants_page(request):
        answer: Response = error_page(request, refusal.status, refusal.code, str(refusal), details=refusal.details)
    else:
        answer = problem(refusal.status, refusal.code, str(refusal), **refusal.details)
    answer.headers.update(refusal.headers)
    return answer


def _to_sign_in(request: Request) -> Response:
    """Sign-in, which says that a session ended where one was, and leads back to the page or to the form that was sent."""
    is_read, came_from = request.method == "GET", urlsplit(request.headers.get("referer", ""))
    asked = request.url if is_read else came_from if came_from.netloc == request.url.netloc else None
    path = asked.path + (f"?{asked.query}" if asked.query else "") if asked else ""
    target = f"/login?next={quote(path)}" if path else "/login"
    if is_read and SESSION_COOKIE not in request.cookies:
        return RedirectResponse(target, status_code=303)
    lost = "" if is_read else "刚才的一步没有办成，写的内容还在本机，"
    return back_to(target, f"登录已过期。{lost}请重新登录，随后回到原来那一页。", tone="amber")


def problem(status: int, code: str, title: str, **more: Any) -> JSONResponse:
    """A problem document with a stable code."""
    content = {"type": "about:blank", "title": title, "status": status, "code": code, **more}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return answer_refusal(request, refusal)


async def _malformed(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    refusal: Refusal = InvalidInput(errors=[_field_error(request, error) for error in fault.errors()[:MOST_ERRORS]])
    if any("path" in error["loc"][:1] for error in fault.errors()):
        refusal = NotFound()  # an id that is no id names nothing
    return answer_refusal(request, refusal)


async def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    code, message = _HTTP_REFUSALS.get(fault.status_code, (f"http_{fault.status_code}", "请求没有办成。"))
    refusal = Refusal(message)
    refusal.status, refusal.code = fault.status_code, code
    return answer_refusal(request, refusal)


async def _fault(request: Request, fault: Exception) -> Response:
    state = request.scope.get("state", {})
    request_id = state.get("request_id", "")
    context = getattr(request.app.state, "context", None)
    metrics.FAULTS.labels(context.node.node_id if context else "", context.name if context else "node").inc()
    log.error(
        "http.request.failed", request_id=request_id, path=request.url.path, method=request.method,
        fault="".join(traceback.format_exception(fault))[-6000:],
    )  # fmt: skip
    message = f"系统出错，已经记下。请把编号 {request_id} 告诉管理员。"
    if wants_page(request):
        return error_page(request, 500, "internal_fault", message, request_id=request_id)
    return problem(500, "internal_fault", message, request_id=request_id)


def _field_error(request: Request, error: Any) -> dict[str, str]:
    where: Sequence[Any] = error["loc"][1:] or error["loc"]
    body = getattr(request.scope.get("route"), "body_field", None)
    label = label_at(body.field_info.annotation, where) if body is not None and error["loc"][0] == "body" else ""
    return error_of(error, ".".join(str(part) for part in where), label)
