"""What every list is asked for: how many, after which, which ones; and who may change what it lists."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from services.directory.model import names
from services.directory.policy.administration import Administration, require
from services.kernel.language.refusal import InvalidInput
from services.kernel.runtime.web.asking import Ask, of_officer

MAX_LIMIT = 200

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
NodeIdInPath = Annotated[str, Path(pattern=names.NODE_ID.pattern + "$", max_length=32)]


def allowed(what: Administration) -> Ask:
    """Ask whether the officer's roles open an action."""
    return of_officer(lambda me: require(me.roles, what))


def _searched(q: Annotated[str, Query(max_length=60)] = "") -> str:
    try:
        return names.plain_line(q)
    except ValueError as fault:
        raise InvalidInput(errors=[{"field": "q", "message": str(fault)}]) from fault


Searched = Annotated[str, Depends(_searched)]
UnitFilter = Annotated[UUID | None, Query()]
