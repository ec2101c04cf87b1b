"""Rules are put in force by adding a dated version; what it reaches is scored anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.kernel.language.calendar import local_date
from services.kernel.runtime.rulebooks import Effect, Foresight, Hooks
from services.kernel.runtime.storing.outbox import slices
from services.kernel.runtime.storing.session import AsyncSession
from services.kernel.runtime.storing.transaction import Transaction
from services.stats.actions.recording import SCORES_CHANNEL, rescore, take_turn
from services.stats.policy import Period, Ruleset, floored, score
from services.stats.policy.changing import as_if_all_month, require_savable
from services.stats.policy.credit import zh
from services.stats.store import events
from services.stats.store.figures import in_force_at_end, read_sheet
from services.stats.store.rulesets import list_rulesets

_AT_ONCE = 200


@dataclass(frozen=True)
class Change:
    """What new rules would change for a unit in the current month."""

    unit_name: str
    group: str
    before: Decimal
    after: Decimal


async def list_changes(session: AsyncSession, new: Ruleset, now: datetime) -> list[Change]:
    """What each unit's current month would be if the new rules held for the whole of it."""
    period = Period.at(now)
    existing = await list_rulesets(session)
    supposed = [*existing, as_if_all_month(new, existing, period)]
    origins = await events.list_related(session, await events.list_origins_since(session, period.first_day))
    origins = await events.list_related(session, origins | await events.list_origins_of_units(session, origins))
    scored = score([events.score_event(row) for row in await events.list_events(session, origins)], supposed)
    after: dict[UUID, Decimal] = {}
    for entry in scored.entries:
        if entry.period == str(period):
            after[entry.unit_id] = after.get(entry.unit_id, Decimal(0)) + entry.points
    sheet = await read_sheet(session, period)
    ruleset = in_force_at_end(supposed, period)
    return [
        Change(row.unit.name, row.unit.group, row.score, floored(after.get(row.unit.unit_id, Decimal(0)), ruleset))
        for row in sheet.rows
    ]


async def _require_open_months(session: AsyncSession, new: Ruleset, now: datetime) -> None:
    require_savable(new, await list_rulesets(session), local_date(now))


async def _foresee(session: AsyncSession, new: Ruleset, now: datetime) -> Foresight:
    effects = [
        Effect(one.unit_name, zh(one.before), zh(one.after), _signed(one.after - one.before), one.group)
        for one in await list_changes(session, new, now)
    ]
    return Foresight(f"对{Period.at(now).label}得分的影响", "假定本月全部按新办法计", effects)


async def _score_anew(tx: Transaction, new: Ruleset) -> None:
    await take_turn(tx)
    reached = await events.list_origins_since(tx.session, new.ruleset.effective_from)
    for some in slices(reached, _AT_ONCE):
        await rescore(tx, some)
    tx.signal(SCORES_CHANNEL)


def _signed(points: Decimal) -> str:
    return "" if not points else f"{'+' if points > 0 else ''}{zh(points)}"


SCORING_HOOKS = Hooks(require=_require_open_months, foresee=_foresee, apply=_score_anew)
"""New rules keep out of closed months, show each unit's month before, and score anew what they reach."""
