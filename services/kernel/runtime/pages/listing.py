"""A list page: what its address asks for, the links that keep it, and the list as a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Query, Response

from services.kernel.runtime.pages.export import ExportForm, ExportTable, as_file
from services.kernel.runtime.pages.paging import LONGEST_CURSOR, Part

MOST_EXPORTED = 5_000
"""Rows; what lies beyond them is said in the file's last line."""
_READ_AT_ONCE = 200

Row = TypeVar("Row")
Cursor = Annotated[str, Query(max_length=LONGEST_CURSOR)]
Sort = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True)
class Place:
    """Which part of a list is shown: its address, what narrows it, how it is sorted, and after which row.

    `sorts` are the orders that people may choose by name, the first being what nobody asks for.
    """

    path: str
    narrowed: Mapping[str, str] = field(default_factory=dict)
    sorts: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    cursor: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """What a new search keeps besides its words."""
        return {name: value for name, value in self.asked.items() if name not in {"q", "cursor"}}

    @property
    def asked(self) -> dict[str, str]:
        """All that the address of this place asks for."""
        found = {**self.narrowed, "sort": self.sort if self.sort in self.sorts else "", "cursor": self.cursor}
        return {name: value for name, value in found.items() if value}

    def href(self, ending: str = "", **changed: str | None) -> str:
        """The address of this place with something else asked for; `ending` is added to the path."""
        kept = {name: value for name, value in {**self.asked, **changed}.items() if value}
        return self.path + ending + (f"?{urlencode(kept)}" if kept else "")

    @property
    def rows_href(self) -> str:
        """Where a live page fetches the same rows again."""
        return self.href("/rows")

    def next_href(self, part: Part[Any]) -> str:
        """The next page, if there is one."""
        return self.href(cursor=part.next) if part.next else ""

    @property
    def first_href(self) -> str:
        """The first page, where this is a later one."""
        return self.href(cursor="") if self.cursor else ""

    @property
    def sort_links(self) -> list[dict[str, Any]]:
        """The orders to choose from."""
        first = next(iter(self.sorts), "")
        chosen = self.sort if self.sort in self.sorts else first
        return [
            {
                "href": self.href(sort="" if name == first else name, cursor=""),
                "label": label,
                "current": name == chosen,
            }
            for name, label in self.sorts.items()
        ]

    def export_href(self, form: str) -> str:
        """The whole list as it is narrowed and sorted, as a file."""
        return self.href(f"/export.{form}", cursor="")


async def export_list(
    form: ExportForm,
    name: str,
    head: Sequence[str],
    *,
    read: Callable[[str, int], Awaitable[Part[Row]]],
    line: Callable[[Row], Sequence[object]],
) -> Response:
    """A list as a file, from its first page on.

    Args:
        read: The page after a cursor with at most so many rows.
        line: The cells of a row, in the order of `head`.
    """
    lines: list[Sequence[object]] = []
    part: Part[Row] = Part([], "")
    while part.next is not None and len(lines) < MOST_EXPORTED:
        part = await read(part.next, _READ_AT_ONCE)
        lines += [line(row) for row in part.rows]
    if part.next is not None:
        lines.append([f"只导出了前 {MOST_EXPORTED} 行，请缩小范围后分次导出。"])
    return await as_file(form, ExportTable(name, head, lines))
