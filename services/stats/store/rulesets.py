"""The dated versions of the rules, read once per text."""

from __future__ import annotations

from functools import lru_cache

from sqlmodel import col, select

from services.kernel.runtime.session import AsyncSession
from services.stats.model import StoredRuleset
from services.stats.policy import Ruleset, read_ruleset


@lru_cache(maxsize=64)
def ruleset_from(text: str) -> Ruleset:
    """The checked rule set that a text holds."""
    return read_ruleset(text)


async def list_stored(session: AsyncSession) -> list[StoredRuleset]:
    """Every version, the one that begins last first."""
    order = (col(StoredRuleset.effective_from).desc(), col(StoredRuleset.version).desc())
    return list(await session.exec(select(StoredRuleset).order_by(*order)))


async def list_rulesets(session: AsyncSession) -> list[Ruleset]:
    """Every version as the rules read it."""
    return [ruleset_from(row.text) for row in await list_stored(session)]


async def find_stored(session: AsyncSession, ruleset_id: str, version: int) -> StoredRuleset | None:
    """One version."""
    return await session.get(StoredRuleset, (ruleset_id, version))
