"""The edge of a request: its one transaction, committed before the answer leaves; a repeated request gets the first answer."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from services.kernel.language.refusal import InvalidInput, NotPermitted, NotSignedIn, Refusal
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing import outbox
from services.kernel.runtime.storing.condition import DatabaseAway, DatabaseUnwritable
from services.kernel.runtime.storing.database_faults import (
    is_doubled,
    is_lost_race,
    is_not_storable,
    is_taken,
    is_unwritable,
)
from services.kernel.runtime.storing.tables import ANSWERED_REQUEST as ANSWERED
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.web.asking import ask_first
from services.kernel.runtime.web.errors import wants_page
from services.kernel.runtime.web.forms import bring_back
from services.kernel.runtime.web.identity import CSRF_COOKIE, SESSION_COOKIE, TOKEN_COOKIE, bearer_of
from services.kernel.runtime.web.repeats import asker_of, digest_of, form_of, key_of

log = structlog.get_logger()

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
TRIES_AFTER_LOST_RACE = 5
_SIGNED_IN_BY = {TOKEN_COOKIE, SESSION_COOKIE}
_KEPT_HEADERS = ("content-type", "location", "etag")


class KeyUsedForOther(Refusal):
    """同一个请求编号已用于另一项操作。"""

    status = 422
    code = "idempotency_key_reused"
    message = "同一个请求编号（Idempotency-Key）已用于另一项内容不同的操作。"


class FormNotOurs(NotPermitted):
    """页面已过期，请刷新后再提交。您填写的内容还在。"""

    code = "form_expired"
    message = "页面已过期，请返回刷新后再提交。"


class NotTaken(InvalidInput):
    """有一项内容超出了可以保存的范围。"""

    code = "value_out_of_range"
    message = "有一项内容超出了可以保存的范围（数字过大、日期过早过晚，或含有不能保存的字符），请检查后再提交。"


class AlreadyThere(Refusal):
    """已有编号相同的记录，没有重复建立。"""

    code = "already_exists"
    message = "已有编号相同的记录，没有重复建立。请刷新后查看。"


class AlreadyAnswered(Exception):
    """The request was done before; `response` is what was answered then."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class Undone(Exception):
    """A page answered with an error status: roll back, but send it (it keeps what was typed)."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class Edge:
    """Holds the transaction of one request; begun at first use, when the body has been read."""

    def __init__(self, request: Request, stack: AsyncExitStack) -> None:
        self.request = request
        self.stack = stack
        self.transaction: Transaction | None = None
        self.key = ""

    @property
    def context(self) -> ServiceContext:
        """The service that answers."""
        context: ServiceContext = self.request.app.state.context
        return context

    async def begin(self) -> Transaction:
        """The request's transaction.

        Raises:
            AlreadyAnswered: The same Idempotency-Key was answered before.
            KeyUsedForOther: It was used with another content.
        """
        if self.transaction is None:
            self.transaction = await self.stack.enter_async_context(
                self.context.database.transaction(self.request.state.now)
            )
            self.key = await key_of(self.request)
            if self.key:
                await self._answer_again()
        return self.transaction

    async def remember(self, response: Response) -> None:
        """Keep the answer beside what it did, in the same transaction; one that carries a secret is never kept."""
        if self.transaction is None or not self.key or getattr(self.request.state, "is_secret", False):
            return
        headers = [(k, v) for k, v in response.headers.items() if k in _KEPT_HEADERS]
        await self.transaction.session.execute(
            insert(ANSWERED).values(
                officer=asker_of(self.request),
                key=self.key,
                request_digest=await digest_of(self.request),
                status=response.status_code,
                headers=json.dumps(headers),
                body=bytes(response.body),
                answered_at=self.transaction.now,
            )
        )

    def undo(self, response: Response) -> None:
        """Roll back what an error answer has begun to write; the answer itself is sent.

        Raises:
            Undone: There is something to roll back.
        """
        if self.transaction is not None:
            raise Undone(response)

    async def _answer_again(self) -> None:
        assert self.transaction is not None
        session = self.transaction.session
        await outbox.lock(session, f"request:{asker_of(self.request)}:{self.key}")
        query = select(ANSWERED).where(ANSWERED.c.officer == asker_of(self.request), ANSWERED.c.key == self.key)
        row = (await session.execute(query)).one_or_none()
        if row is None:
            return
        if row.request_digest != await digest_of(self.request):
            raise KeyUsedForOther
        response = Response(content=bytes(row.body), status_code=row.status)
        for name, value in json.loads(row.headers):
            response.headers[name] = value
        response.headers["Idempotency-Replayed"] = "true"
        raise AlreadyAnswered(response)


class EdgeRoute(APIRoute):
    """A route whose write transaction commits before its response is sent.

    FastAPI's own `yield` dependencies would commit after the response unless told otherwise;
    owning the transaction here also lets the answer to an Idempotency-Key be kept in it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler in the edge."""
        handle = super().get_route_handler()

        async def at_the_edge(request: Request) -> Response:
            try:
                await ask_first(self.endpoint, request)
                await self.take_in(request)
                if request.method not in UNSAFE:
                    return await handle(request)
                try:
                    await _check_form_is_ours(request)
                    try:
                        return await _handle_until_won(request, handle)
                    except Refusal as refusal:
                        return await bring_back(self.endpoint, request, refusal)
                except (SQLAlchemyError, OSError) as fault:
                    if not (is_unwritable(fault) or _is_disk_full(fault)):
                        raise
                    raise DatabaseUnwritable(**await _what_was_typed(request)) from fault
                finally:
                    await request.close()  # what was uploaded is freed, also when it was refused unread
            except (OverflowError, SQLAlchemyError) as fault:
                if isinstance(fault, OverflowError) or is_not_storable(fault):
                    log.warning("edge.value.refused", path=request.url.path, fault=repr(fault)[:300])
                    raise NotTaken from fault
                if is_doubled(fault):
                    log.warning("edge.row.doubled", path=request.url.path, fault=repr(fault)[:300])
                    raise AlreadyThere from fault
                if not is_unwritable(fault):
                    raise
                raise DatabaseAway from fault

        return at_the_edge

    async def take_in(self, request: Request) -> None:
        """Read the body before it is handled; here it is left to the handler."""


def _is_disk_full(fault: Exception) -> bool:
    """Whether a file could not be kept for want of room, or because the disk takes no writes."""
    return isinstance(fault, OSError) and fault.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


async def _what_was_typed(request: Request) -> dict[str, Any]:
    """The fields of a page's form, to be shown and sent again; of one with a password, none."""
    if not wants_page(request):
        return {}
    fields = (await form_of(request)).multi_items()
    if any("password" in name for name, _ in fields):
        return {}
    kept = [(name, value) for name, value in fields if isinstance(value, str)]
    has_files = any(not isinstance(value, str) and value.size for _, value in fields)
    again = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return {"kept": kept, "again": again, "has_files": has_files}


async def _handle_until_won(request: Request, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    """Handle again after a lost race, a few times."""
    for _ in range(TRIES_AFTER_LOST_RACE - 1):
        try:
            return await _handle_once(request, handle)
        except DBAPIError as fault:
            if not (is_lost_race(fault) or is_taken(fault, ANSWERED.name)):
                raise
    return await _handle_once(request, handle)


async def _handle_once(request: Request, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    try:
        async with AsyncExitStack() as stack:
            request.state.edge = Edge(request, stack)
            response = await handle(request)
            if response.status_code < 400:
                await request.state.edge.remember(response)
            else:
                request.state.edge.undo(response)
            return response
    except AlreadyAnswered as before:
        return before.response
    except Undone as undone:
        return undone.response


async def _check_form_is_ours(request: Request) -> None:
    """A request that rides on a sign-in's cookie must carry the page's own token (double submit).

    Files are not read for it where the cookie is nobody's: whoever takes files asks who brings them.
    """
    if bearer_of(request) or not _SIGNED_IN_BY & request.cookies.keys():
        return
    is_nobody = getattr(request.state, "officer", None) is None
    if is_nobody and request.headers.get("content-type", "").startswith("multipart/"):
        raise NotSignedIn
    given = request.headers.get("x-csrf-token") or str((await form_of(request)).get("csrf_token", ""))
    if not given or given != request.cookies.get(CSRF_COOKIE):
        raise FormNotOurs
