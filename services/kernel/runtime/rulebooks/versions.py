"""The versions of a rulebook as they are kept, and the one in force on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import or_, select

from services.kernel.language.calendar import local_date
from services.kernel.language.refusal import NotFound, Refusal
from services.kernel.language.rulebooks import Rulebook
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.tables import RULEBOOK_VERSION as VERSIONS

Rules = TypeVar("Rules", bound=BaseModel)

BEGINNING = date(2000, 1, 1)
"""From when on a default holds that says no day itself."""
_NEVER_SAVED = datetime(2000, 1, 1, tzinfo=UTC)
_ORDER = (VERSIONS.c.effective_from.desc(), VERSIONS.c.version.desc())


class NoRulesInForce(Refusal):
    """这一天没有生效的规则。"""

    code = "no_rules_in_force"
    message = "这一天没有生效的规则，请先设定生效日期。"


@dataclass(frozen=True)
class Version:
    """One version of a rulebook; `effective_to` is its last day, None where it has none. Never changed."""

    name: str
    version: int
    effective_from: date
    effective_to: date | None
    text: str
    note: str = ""
    saved_by: str = ""
    saved_at: datetime = _NEVER_SAVED

    def covers(self, day: date) -> bool:
        """Whether it may hold on this day."""
        return self.effective_from <= day <= (self.effective_to or date.max)


async def list_versions(session: AsyncSession, book: Rulebook[Any]) -> list[Version]:
    """Every version, the one that begins last first; where none is kept yet, the default as version 1."""
    rows = await session.execute(select(VERSIONS).where(VERSIONS.c.name == book.name).order_by(*_ORDER))
    return [Version(**row._mapping) for row in rows] or [default_version(book)]  # noqa: SLF001 - its documented name


async def find_version(session: AsyncSession, book: Rulebook[Any], version: int) -> Version:
    """One version.

    Raises:
        NotFound: There is none of this number.
    """
    found = [one for one in await list_versions(session, book) if one.version == version]
    if not found:
        raise NotFound("没有这一版规则。")
    return found[0]


def version_on(versions: Sequence[Version], day: date) -> Version | None:
    """The version in force on a day: of those that may hold, the one that began last; of two of a day the later one."""
    covering = [one for one in versions if one.covers(day)]
    return max(covering, key=lambda one: (one.effective_from, one.version), default=None)


async def rules_at(session: AsyncSession, book: Rulebook[Rules], now: datetime) -> Rules:
    """What the rulebook says on the day of an instant, in China.

    Raises:
        NoRulesInForce: No version covers the day.
    """
    return book.read(await text_at(session, book, now))


async def text_at(session: AsyncSession, book: Rulebook[Any], now: datetime) -> str:
    """The text of the same version.

    Raises:
        NoRulesInForce: No version covers the day.
    """
    day = local_date(now)
    covers = (VERSIONS.c.effective_from <= day, or_(VERSIONS.c.effective_to.is_(None), VERSIONS.c.effective_to >= day))
    query = select(VERSIONS.c.text).where(VERSIONS.c.name == book.name, *covers).order_by(*_ORDER).limit(1)
    text: str | None = (await session.execute(query)).scalar_one_or_none()
    if text is None:
        found = version_on(await list_versions(session, book), day)
        if found is None:
            raise NoRulesInForce
        text = found.text
    return text


def default_version(book: Rulebook[Any], text: str = "") -> Version:
    """The file beside the code, or what is put in its place, as version 1."""
    text = text or default_text(book.default)
    first, last = book.span(book.read(text)) if book.span else (BEGINNING, None)
    return Version(book.name, 1, first, last, text)


@cache
def default_text(file: Path) -> str:
    """What the file says."""
    return file.read_text(encoding="utf-8")
