"""The dated versions of the rules, as the scoring reads them."""

from __future__ import annotations

from services.kernel.runtime.rulebooks import Version, list_versions
from services.kernel.runtime.storing.session import AsyncSession
from services.stats.policy import Ruleset
from services.stats.policy.rulebooks import SCORING

Stored = tuple[Version, Ruleset]
"""A version as it was saved, and what it says."""


async def list_stored(session: AsyncSession) -> list[Stored]:
    """Every version, the one that begins last first."""
    return [(one, SCORING.read(one.text)) for one in await list_versions(session, SCORING)]


async def list_rulesets(session: AsyncSession) -> list[Ruleset]:
    """What every version says."""
    return [rules for _, rules in await list_stored(session)]


async def find_stored(session: AsyncSession, ruleset_id: str, version: int) -> Stored | None:
    """The version that calls itself so."""
    stored = await list_stored(session)
    return next((one for one in stored if (one[1].id, one[1].version) == (ruleset_id, version)), None)
