"""Rules are put in force by adding a dated version; what it reaches is scored anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.kernel.language.calendar import SHANGHAI
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.text import clean_text
from services.kernel.runtime.apart import READING, WorkTooLarge
from services.kernel.runtime.outbox import slices
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.transaction import Transaction
from services.stats.actions.recording import SCORES_CHANNEL, rescore, take_turn
from services.stats.model import StoredRuleset
from services.stats.policy import Period, Ruleset, floored, read_ruleset, score
from services.stats.policy.changing import as_if_all_month, require_savable
from services.stats.policy.hostile import unreadable
from services.stats.store import events
from services.stats.store.figures import in_force_at_end, read_sheet
from services.stats.store.rulesets import list_rulesets

_AT_ONCE = 200


@dataclass(frozen=True)
class Effect:
    """What new rules would change for a unit in the current month."""

    unit_name: str
    group: str
    before: Decimal
    after: Decimal


async def save_ruleset(tx: Transaction, text: str, *, by: OfficerRef | None) -> StoredRuleset:
    """Put a checked rule set in force from its date on and score anew what it reaches.

    Raises:
        RuleFileIsInvalid, RulesetVersionTaken, RulesReachIntoThePast, RulesNeverInForce: As they say.
    """
    text = clean_text(text)
    new = await read_ruleset_apart(text)
    await take_turn(tx)
    require_savable(new, await list_rulesets(tx.session), tx.now.astimezone(SHANGHAI).date())
    row = await _add(tx, new, text, by)
    reached = await events.list_origins_since(tx.session, new.ruleset.effective_from)
    for some in slices(reached, _AT_ONCE):
        await rescore(tx, some)
    tx.audit(
        "stats.ruleset.saved",
        f"{new.id}/{new.version}",
        by=by,
        details={"effective_from": new.ruleset.effective_from, "items": len(reached)},
    )
    tx.signal(SCORES_CHANNEL)
    return row


async def read_ruleset_apart(text: str) -> Ruleset:
    """`read_ruleset` in a child process: the longest file takes seconds, which the node does not have.

    Raises:
        RuleFileIsInvalid: It is wrong, or too intricate to be read.
        TooBusy: Several others are being read.
    """
    try:
        return await READING.work(read_ruleset, text)
    except WorkTooLarge as limit:
        raise unreadable("内容太复杂，没有读完") from limit


async def seed_ruleset(tx: Transaction, text: str) -> bool:
    """Give a node without rules the default ones; says whether it did."""
    await take_turn(tx)
    if await list_rulesets(tx.session):
        return False
    await _add(tx, read_ruleset(text), text, None)
    await rescore(tx, await events.list_origins_since(tx.session, read_ruleset(text).ruleset.effective_from))
    return True


async def preview_effect(session: AsyncSession, new: Ruleset, now: datetime) -> list[Effect]:
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
            after[UUID(entry.unit_id)] = after.get(UUID(entry.unit_id), Decimal(0)) + entry.points
    sheet = await read_sheet(session, period)
    ruleset = in_force_at_end(supposed, period)
    return [
        Effect(row.unit.name, row.unit.group, row.score, floored(after.get(row.unit.unit_id, Decimal(0)), ruleset))
        for row in sheet.rows
    ]


async def _add(tx: Transaction, new: Ruleset, text: str, by: OfficerRef | None) -> StoredRuleset:
    row = StoredRuleset(
        ruleset_id=new.id,
        version=new.version,
        name=new.ruleset.name,
        effective_from=new.ruleset.effective_from,
        effective_to=new.ruleset.effective_to,
        text=text,
        saved_by=by.name if by else "",
        saved_at=tx.now,
    )
    tx.session.add(row)
    await tx.session.flush()
    return row
