"""JSON of stats: scores with their source records, and the rule sets."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.kernel.language.refusal import NotFound, NotPermitted
from services.kernel.language.rulebooks import LONGEST
from services.kernel.runtime.pages.listing import Cursor
from services.kernel.runtime.pages.paging import part_of_computed
from services.kernel.runtime.rulebooks import Draft, read_apart, save_version
from services.kernel.runtime.web.dependencies import (
    Begin,
    LiveMe,
    Me,
    Now,
    Officer,
    Reading,
    asked_first,
    edge_router,
    of_officer,
)
from services.kernel.runtime.web.views import Page
from services.stats.actions.ruling import SCORING_HOOKS, list_changes
from services.stats.api.views import EffectsView, EffectView, RulesetView, RulesView, ScoresView, ScoreView
from services.stats.policy import Period
from services.stats.policy.reading import may_edit_rules, may_see_all
from services.stats.policy.rulebooks import SCORING
from services.stats.policy.sheet import ScoreRow
from services.stats.store.figures import in_force_at_end, list_sources, read_sheet
from services.stats.store.rulesets import find_stored, list_stored

router = edge_router(prefix="/api/v1")


class NewRuleset(BaseModel):
    """A rule set as the text of its file (YAML)."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=LONGEST, title="规则全文")


def _require_editor(me: Officer) -> None:
    if not may_edit_rules(me.roles, me.unit_kind):
        raise NotPermitted


@router.get("/scores")
async def list_scores(
    me: Me,
    session: Reading,
    now: Now,
    *,
    period: Annotated[str, Query(max_length=20)] = "",
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> ScoresView:
    month = Period.read(period) if period else Period.at(now)
    sheet = await read_sheet(session, month, own=None if _sees_all(me) else me.unit_id)
    readable = [row for row in sheet.rows if _sees_all(me) or row.unit.unit_id == me.unit_id]
    found = part_of_computed(readable, _place, cursor=cursor, limit=limit)
    sources = await list_sources(session, month, [row.unit.unit_id for row in found.rows])
    items = [ScoreView.of(row, sources[row.unit.unit_id], me) for row in found.rows]
    return ScoresView(period=str(month), items=items, next=found.next)


@router.get("/rulesets")
async def read_rulesets(_me: Me, session: Reading, now: Now) -> Page[RulesetView]:
    stored = await list_stored(session)
    in_force = in_force_at_end([rules for _, rules in stored], Period.at(now))
    return Page[RulesetView](items=[RulesetView.of(one, in_force) for one in stored])


@router.get("/rulesets/{ruleset_id}/{version}")
async def read_one_ruleset(ruleset_id: str, version: int, _me: Me, session: Reading) -> RulesView:
    stored = await find_stored(session, ruleset_id, version)
    if stored is None:
        raise NotFound
    return RulesView.whole(stored)


@router.post("/rulesets/preview")
@asked_first(of_officer(_require_editor))
async def preview_ruleset(new: NewRuleset, me: Me, session: Reading, now: Now) -> EffectsView:
    _require_editor(me)
    changes = await list_changes(session, await read_apart(SCORING, new.text), now)
    return EffectsView(period=str(Period.at(now)), items=[EffectView.read(one) for one in changes])


@router.post("/rulesets", status_code=201)
@asked_first(of_officer(_require_editor))
async def add_ruleset(new: NewRuleset, me: LiveMe, begin: Begin, request: Request) -> RulesetView:
    _require_editor(me)
    rules = await read_apart(SCORING, new.text)
    saved = await save_version(await begin(), SCORING, SCORING_HOOKS, Draft(new.text), by=me.ref, rules=rules)
    return RulesetView.of((saved, rules))


def _sees_all(me: Officer) -> bool:
    return may_see_all(me.roles, me.unit_kind)


def _place(row: ScoreRow) -> tuple[str, str]:
    return (row.unit.name, str(row.unit.unit_id))
