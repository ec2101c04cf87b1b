"""What every list is asked for: how many, after which, which ones."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from services.directory.model import names
from services.kernel.language.refusal import InvalidInput

MAX_LIMIT = 200

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
NodeIdInPath = Annotated[str, Path(pattern=names.NODE_ID.pattern + "$", max_length=32)]


def _searched(q: Annotated[str, Query(max_length=60)] = "") -> str:
    try:
        return names.plain_line(q)
    except ValueError as fault:
        raise InvalidInput(errors=[{"field": "q", "message": str(fault)}]) from fault


Searched = Annotated[str, Depends(_searched)]
UnitFilter = Annotated[UUID | None, Query()]
