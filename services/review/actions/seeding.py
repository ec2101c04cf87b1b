"""Periodicals: those a new node starts with, and those an administrator adds."""

from __future__ import annotations

from collections.abc import Sequence

from services.kernel.language.refusal import Refusal
from services.kernel.runtime.pages.masthead import masthead_of
from services.kernel.runtime.rulebooks import Hooks
from services.kernel.runtime.storing.transaction import Transaction
from services.review.model import Periodical
from services.review.policy.rules import PeriodicalSeed, PeriodicalSeeds
from services.review.store.issues import list_periodicals


class PeriodicalCodeTaken(Refusal):
    """已有使用这个代码的刊物。"""

    code = "periodical_code_taken"
    message = "已有使用这个代码的刊物。"


async def seed_periodicals(tx: Transaction, seeds: Sequence[PeriodicalSeed], *, office: str) -> int:
    """Add the periodicals whose codes are not there yet; says how many were added."""
    known = {periodical.code for periodical in await list_periodicals(tx.session, active_only=False)}
    fresh = [seed for seed in seeds if seed.code not in known]
    for seed in fresh:
        tx.session.add(_periodical(tx, seed, office))
        await tx.session.flush()
    return len(fresh)


async def add_periodical(tx: Transaction, seed: PeriodicalSeed, *, office: str) -> Periodical:
    """Add a periodical.

    Raises:
        PeriodicalCodeTaken: The code is in use.
    """
    if not await seed_periodicals(tx, [seed], office=office):
        raise PeriodicalCodeTaken
    added = next(p for p in await list_periodicals(tx.session) if p.code == seed.code)
    tx.audit("periodical.added", added.periodical_id, by=None, details={"code": seed.code})
    return added


def _periodical(tx: Transaction, seed: PeriodicalSeed, office: str) -> Periodical:
    values = seed.model_dump(exclude={"issuing_office"})
    return Periodical(**values, issuing_office=seed.issuing_office or office, created_at=tx.now)


async def _add_those_missing(tx: Transaction, seeds: PeriodicalSeeds) -> None:
    await seed_periodicals(tx, seeds.of(tx.node.level), office=masthead_of(tx.node).office_title)


PERIODICAL_HOOKS = Hooks(apply=_add_those_missing)
"""What the office's own level lists and does not have yet is added; what it has stays as it is."""
