"""Keyset paging: a list's order, one page of it, and the opaque cursor of the page's last row."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import func, literal, tuple_

from services.kernel.language.moments import read_moment
from services.kernel.language.refusal import InvalidInput
from services.kernel.runtime.storing.session import AsyncSession

LONGEST_CURSOR = 500
_TEXT_COUNTS = 64
_READERS: dict[type[Any], Callable[[str], Any]] = {
    datetime: read_moment, date: date.fromisoformat, UUID: UUID, int: int, str: str,
}  # fmt: skip

Row = TypeVar("Row")


class CursorUnreadable(InvalidInput):
    """翻页标记无法识别，请从第一页重新打开。"""

    code = "cursor_unreadable"
    message = "翻页标记无法识别，请从第一页重新打开。"


@dataclass(frozen=True)
class Part(Generic[Row]):
    """The rows of one page, and the cursor of the following one, None on the last."""

    rows: list[Row]
    next: str | None = None


@dataclass(frozen=True)
class Filled:
    """A column that may be empty: `instead` is sorted in its place; None where the query leaves such rows out."""

    column: Any
    instead: Any = None


class Order:
    """One way to sort a list: by columns without nulls, the last of them unique; all rising, or all falling.

    Of a text the first 64 characters count, so that a cursor is never longer than an address may be. A column that
    may be empty is refused unless it is `Filled`: no row comes after a null, so that pages would lose rows unseen.
    """

    def __init__(self, *columns: Any, is_falling: bool = False) -> None:
        self._said = [one if isinstance(one, Filled) else Filled(_without_nulls(one)) for one in columns]
        self.columns = [one.column for one in self._said]
        self.is_falling = is_falling
        self._keys = [_sorted_by(one) for one in self._said]

    async def read(
        self, session: AsyncSession, query: Any, *, cursor: str, limit: int, of: Callable[[Any], Any] = lambda row: row
    ) -> Part[Any]:
        """The query's rows after the place that `cursor` names; "" is the first page.

        Args:
            limit: The most rows.
            of: Of a row, what has the columns as attributes.

        Raises:
            CursorUnreadable: The cursor is none of this order.
        """
        if cursor:
            place, after = tuple_(*self._keys), tuple_(*self._place(cursor))
            query = query.where(place < after if self.is_falling else place > after)
        query = query.order_by(*(key.desc() if self.is_falling else key for key in self._keys))
        found = list((await session.exec(query.limit(limit + 1))).all())
        return _part_of(found, limit, lambda row: [_key_of(of(row), one) for one in self._said])

    def _place(self, cursor: str) -> list[Any]:
        readers = [_READERS[_kind_of(column)] for column in self.columns]
        return [
            literal(value, column.type)
            for value, column in zip(decode_cursor(cursor, *readers), self.columns, strict=True)
        ]


def _kind_of(column: Any) -> type[Any]:
    kind: type[Any] = getattr(column.type, "impl_instance", column.type).python_type
    return kind


def _without_nulls(column: Any) -> Any:
    if getattr(column, "expression", column).nullable:
        raise TypeError(f"{column} may be empty: say what it is Filled with")
    return column


def _sorted_by(said: Filled) -> Any:
    if said.instead is not None:
        return func.coalesce(said.column, said.instead)
    return func.substr(said.column, 1, _TEXT_COUNTS) if _kind_of(said.column) is str else said.column


def _key_of(row: Any, said: Filled) -> Any:
    value = getattr(row, said.column.key)
    if value is None:
        value = said.instead
    return value[:_TEXT_COUNTS] if isinstance(value, str) else value


Orders = Mapping[str, Order]
"""The ways in which a list can be sorted, by name; the first is the one that nobody asks for."""


def order_named(orders: Orders, name: str) -> Order:
    """The order of this name, else the first."""
    return orders.get(name) or next(iter(orders.values()))


def part_of_computed(
    rows: Iterable[Row], place_of: Callable[[Row], tuple[str, ...]], *, cursor: str, limit: int
) -> Part[Row]:
    """A page of rows that no table has, sorted by their places, each of which is single.

    Raises:
        CursorUnreadable: The cursor names no such place.
    """
    ordered = sorted(rows, key=place_of)
    if cursor and ordered:
        after = decode_cursor(cursor, *(str for _ in place_of(ordered[0])))
        ordered = [row for row in ordered if place_of(row) > after]
    return _part_of(ordered, limit, place_of)


def _part_of(found: Sequence[Row], limit: int, place_of: Callable[[Row], Sequence[Any]]) -> Part[Row]:
    """What was read, one row more than `limit` where there is a next page, as a page with that one's cursor."""
    shown = list(found[:limit])
    return Part(shown, encode_cursor(place_of(shown[-1])) if len(found) > limit else None)


def encode_cursor(values: Sequence[Any]) -> str:
    """The sort values of the last row as an opaque text."""
    said = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(said, default=str, ensure_ascii=False).encode()).decode().rstrip("=")


def decode_cursor(text: str, *kinds: Callable[[str], Any]) -> tuple[Any, ...]:
    """The sort values that `encode_cursor` wrote down, one of each kind: `read_moment`, `UUID`, `int`, `str`.

    Raises:
        CursorUnreadable: Not one of ours.
    """
    if len(text) > LONGEST_CURSOR:
        raise CursorUnreadable
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or not all(isinstance(value, str | int) for value in values):
            raise CursorUnreadable
        return tuple(kind(str(value)) for kind, value in zip(kinds, values, strict=True))
    except (binascii.Error, ValueError, OverflowError) as fault:
        raise CursorUnreadable from fault
