"""Permission asked before a body is read: who may not do it learns nothing of its form, and nothing is parsed for him."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request
from sqlalchemy import exists, select

from services.kernel.language.refusal import NotFound, NotSignedIn, Refusal
from services.kernel.runtime.service import ServiceContext
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import ANSWERED_REQUEST as ANSWERED
from services.kernel.runtime.web.identity import Officer
from services.kernel.runtime.web.repeats import asker_of, key_in_header

Ask = Callable[[Request], Awaitable[Any]]
"""Refuses a request by who sends it and by its address, without looking at its body."""

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Id = TypeVar("Id")


def asked_first(ask: Ask) -> Callable[[Endpoint], Endpoint]:
    """Mark the function of a route: `ask` may refuse before the body is read.

    The route goes on asking in its own transaction; what is asked here may have changed by then.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.asked_first = ask  # type: ignore[attr-defined]
        return endpoint

    return mark


async def ask_first(endpoint: Callable[..., Any], request: Request) -> None:
    """Ask what this route asks first, if anything.

    Raises:
        Refusal: What was asked refuses, and this request was not answered before under its Idempotency-Key.
    """
    ask: Ask | None = getattr(endpoint, "asked_first", None)
    if ask is None:
        return
    try:
        await ask(request)
    except Refusal:
        if not await _was_answered(request):
            raise


async def officer_asking(request: Request) -> Officer:
    """Who asks.

    Raises:
        NotSignedIn: Nobody who is signed in.
    """
    officer: Officer | None = getattr(request.state, "officer", None)
    if officer is None:
        raise NotSignedIn
    return officer


def of_officer(check: Callable[[Officer], object]) -> Ask:
    """Ask by who it is alone; `check` raises a refusal."""

    async def ask(request: Request) -> None:
        check(await officer_asking(request))

    return ask


def of_thing(name: str, check: Callable[[AsyncSession, UUID, Officer], Awaitable[object]]) -> Ask:
    """Ask by who it is and by what the path names; `check` raises a refusal.

    Args:
        name: The path parameter with the id.
    """

    async def ask(request: Request) -> None:
        officer, thing_id = await officer_asking(request), named_in(request, name, UUID)
        context: ServiceContext = request.app.state.context
        async with context.database.reading() as session:
            await check(session, thing_id, officer)

    return ask


def named_in(request: Request, name: str, kind: Callable[[str], Id]) -> Id:
    """The id that the path names.

    Raises:
        NotFound: An id that is no id names nothing.
    """
    try:
        return kind(request.path_params[name])
    except ValueError as fault:
        raise NotFound from fault


async def _was_answered(request: Request) -> bool:
    """Whether this officer's key was answered: he is answered the same again, wherever the thing has gone since."""
    key = key_in_header(request)
    if not key or getattr(request.state, "officer", None) is None:
        return False
    found = exists().where(ANSWERED.c.officer == asker_of(request), ANSWERED.c.key == key)
    context: ServiceContext = request.app.state.context
    async with context.database.reading() as session:
        return bool((await session.execute(select(found))).scalar_one())
