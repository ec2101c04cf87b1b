"""Many values in one parameter: a statement with a place for each value is compiled anew for every count of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import Select

from services.kernel.runtime.storing.session import AsyncSession


def is_postgresql(session: AsyncSession) -> bool:
    """Whether the session speaks to PostgreSQL, else to SQLite."""
    return session.get_bind().dialect.name == "postgresql"


def texts(session: AsyncSession, values: Collection[str]) -> Select[Any]:
    """The values as rows, for `column.in_(…)`: compiled once, whatever their number."""
    if is_postgresql(session):
        return select(func.unnest(cast(bindparam(None, list(values)), ARRAY(Text))))
    return select(func.json_each(bindparam(None, json.dumps(list(values)))).table_valued("value").c.value)


def numbers(session: AsyncSession, values: Collection[int]) -> Select[Any]:
    """The same for whole numbers."""
    if is_postgresql(session):
        return select(func.unnest(cast(bindparam(None, list(values)), ARRAY(BigInteger))))
    return select(func.json_each(bindparam(None, json.dumps(list(values)))).table_valued("value").c.value)


def columns(session: AsyncSession, rows: Sequence[tuple[Any, ...]], *names: str) -> dict[str, Any]:
    """The rows as parameters of a handwritten statement.

    PostgreSQL takes an array per column, for `unnest`; SQLite one JSON text `rows`, for `json_each`.
    """
    if is_postgresql(session):
        return {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return {"rows": json.dumps(rows)}
