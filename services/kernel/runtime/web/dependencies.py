"""What handlers ask for: transaction, reading session, officer, clock; and If-Match and ETag."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from services.kernel.language.refusal import VersionRequired
from services.kernel.language.vocabulary import Role
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.kernel.runtime.surroundings.settings import NodeInfo
from services.kernel.runtime.web.asking import asked_first, of_officer, of_thing, officer_asking
from services.kernel.runtime.web.identity import Officer, bearer_of, confirm_live
from services.kernel.runtime.web.limits import edge_router
from services.kernel.runtime.web.repeats import form_of

__all__ = [
    "Begin",
    "Context",
    "IfMatch",
    "LiveMe",
    "Me",
    "Node",
    "Now",
    "OfferedVersion",
    "Officer",
    "Opened",
    "Reading",
    "Tx",
    "asked_first",
    "edge_router",
    "etag",
    "of_officer",
    "of_thing",
]

_FETCHED_AHEAD = ("purpose", "sec-purpose", "x-purpose", "x-moz")


async def _transaction(request: Request) -> Transaction:
    transaction: Transaction = await request.state.edge.begin()
    return transaction


def _beginning(request: Request) -> Callable[[], Awaitable[Transaction]]:
    begin: Callable[[], Awaitable[Transaction]] = request.state.edge.begin
    return begin


async def _reading(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.context.database.reading() as session:
        yield session


async def _live_me(request: Request, officer: Annotated[Officer, Depends(officer_asking)]) -> Officer:
    """The officer as the directory sees him now: roles taken away since the token was signed do not count."""
    context: ServiceContext = request.app.state.context
    token = bearer_of(request) or request.state.token
    standing = await confirm_live(context, token)
    roles = frozenset(Role(role) for role in standing["roles"]) & officer.roles
    return Officer(
        officer.officer_id, officer.username, officer.name, officer.unit_id, officer.unit_name,
        officer.unit_kind, officer.section, roles,
    )  # fmt: skip


def _context(request: Request) -> ServiceContext:
    context: ServiceContext = request.app.state.context
    return context


def _node(request: Request) -> NodeInfo:
    return _context(request).node


def _is_opened(request: Request) -> bool:
    """Whether somebody opens this page himself: no HEAD, no fetching ahead, no link or picture of another site.

    Source: W3C Fetch Metadata; a client that is no browser sends none of these headers.
    """
    if request.method != "GET" or getattr(request.state, "is_head", False):
        return False
    ahead = {request.headers.get(name, "").split(";")[0].strip().lower() for name in _FETCHED_AHEAD}
    from_site = request.headers.get("sec-fetch-site", "none").lower()
    return ahead.isdisjoint({"prefetch", "preview"}) and from_site in {"same-origin", "none"}


def _now(request: Request) -> datetime:
    now: datetime = request.state.now
    return now


Tx = Annotated[Transaction, Depends(_transaction)]
Begin = Annotated[Callable[[], Awaitable[Transaction]], Depends(_beginning)]
"""The same transaction for a route that has work to do before, for which no other writer should wait."""
Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
Me = Annotated[Officer, Depends(officer_asking)]
LiveMe = Annotated[Officer, Depends(_live_me)]
Context = Annotated[ServiceContext, Depends(_context)]
Node = Annotated[NodeInfo, Depends(_node)]
Now = Annotated[datetime, Depends(_now)]
Opened = Annotated[bool, Depends(_is_opened)]
"""Whether a person opens the page: only then may a GET write down that he did."""


async def _offered_version(request: Request) -> int | None:
    found = re.fullmatch(r'(?:W/)?"?(\d{1,18})"?', request.headers.get("if-match", "").strip())
    if found is None:
        found = re.fullmatch(r"(\d{1,18})", str((await form_of(request)).get("version", "")).strip())
    return int(found.group(1)) if found else None


async def _if_match(request: Request) -> int:
    offered = await _offered_version(request)
    if offered is None:
        raise VersionRequired
    return offered


IfMatch = Annotated[int, Depends(_if_match)]
"""The version a change is based on: header If-Match, or the form's field `version`."""

OfferedVersion = Annotated[int | None, Depends(_offered_version)]
"""The version a step was offered for, where the caller says it, in the same places."""


def etag(response: Response, version: int) -> None:
    """Say which version was answered."""
    response.headers["ETag"] = f'"{version}"'
