"""Where a service keeps the text of items, as a table of contents; and taking it out of there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, or_, select

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.storing.search import TextIndex
from services.kernel.runtime.storing.session import AsyncSession

MARK = "（已清除）"
"""What stands in the place of a title afterwards."""

Blank = str | int | None | dict[str, Any] | list[Any] | Callable[[Any], Any]
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


class ItemErased(Refusal):
    """这一件的内容已清除，不能再办理。"""

    code = "item_erased"
    message = "这一件的内容已清除，不能再办理。"


@dataclass(frozen=True)
class Texts:
    """One table that holds text: what its columns say afterwards, or that its rows go; and its digests of files.

    `find` gives the rows of an item: those whose `origin_id` it is unless said otherwise. `digest`
    is a column that is a file's digest, or a value within which such digests stand.
    """

    table: Any
    blanks: Mapping[str, Blank] = field(default_factory=dict)
    is_deleted: bool = False
    digest: str = ""
    index: TextIndex | None = None
    index_key: str = "origin_id"
    find: Callable[[UUID], Any] | None = None

    def rows_of(self, origin_id: UUID) -> Any:
        """The condition under which a row belongs to the item."""
        return self.find(origin_id) if self.find else self.table.origin_id == origin_id

    def digests_of(self, row: Any) -> set[str]:
        """The digests of files that a row names."""
        return set(_DIGEST.findall(str(getattr(row, self.digest)))) if self.digest else set()


@dataclass(frozen=True)
class Found:
    """What the tables of a service say about an item: how many rows, whose files, under which title."""

    rows: int
    digests: frozenset[str]
    title: str


def refuse_erased(title: str) -> None:
    """Refuse to go on with a record whose text was erased.

    Raises:
        ItemErased: Its title says so.
    """
    if title == MARK:
        raise ItemErased


async def find_texts(session: AsyncSession, kept: Sequence[Texts], origin_id: UUID) -> Found:
    """What these tables say about an item."""
    rows, digests, titles = 0, set[str](), list[str]()
    for texts in kept:
        for row in await _rows_of(session, texts, origin_id):
            rows += 1
            digests |= texts.digests_of(row)
            titles += [str(row.title)] if "title" in texts.blanks and row.title else []
    return Found(rows, frozenset(digests), titles[0] if titles else "")


async def erase_texts(session: AsyncSession, kept: Sequence[Texts], origin_id: UUID) -> Found:
    """Take an item's text out of these tables; what had been there."""
    rows, digests = 0, set[str]()
    # Those that are found through another table come first in the service's list.
    for texts in kept:
        for row in await _rows_of(session, texts, origin_id):
            rows += 1
            digests |= texts.digests_of(row)
            if texts.index is not None:
                await texts.index.remove(session, getattr(row, texts.index_key))
            if texts.is_deleted:
                await session.delete(row)
            for column, blank in texts.blanks.items():
                setattr(row, column, blank(getattr(row, column)) if callable(blank) else blank)
        await session.flush()
    return Found(rows, frozenset(digests), "")


async def digests_in_use(session: AsyncSession, kept: Sequence[Texts], digests: Iterable[str]) -> set[str]:
    """Which of these files some record still has."""
    wanted, found = set(digests), set[str]()
    for texts in kept if wanted else ():
        if texts.digest:
            column = cast(getattr(texts.table, texts.digest), Text)
            named = or_(*(column.contains(digest) for digest in wanted))
            for value in (await session.execute(select(column).where(named))).scalars():
                found |= wanted & set(_DIGEST.findall(value))
    return found


async def _rows_of(session: AsyncSession, texts: Texts, origin_id: UUID) -> Sequence[Any]:
    query = select(texts.table).where(texts.rows_of(origin_id))
    return (await session.execute(query)).scalars().all()
