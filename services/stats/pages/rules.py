"""The rules in force as a readable table, their versions, and a new version with its effect shown first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Query, Request, Response

from services.kernel.language.refusal import NotFound, NotPermitted, Refusal
from services.kernel.language.rule_file import RuleFileIsInvalid
from services.kernel.runtime.session import AsyncSession
from services.kernel.runtime.templating import back_to, page
from services.kernel.runtime.web import LiveMe, Me, Now, Officer, Reading, Tx, edge_router
from services.stats.actions.ruling import Effect, preview_effect, read_ruleset_apart, save_ruleset
from services.stats.model import StoredRuleset
from services.stats.pages.viewing import LEVELS, points_zh
from services.stats.policy import Period, Ruleset
from services.stats.policy.changing import require_savable
from services.stats.policy.drafting import next_version_of
from services.stats.policy.happening import local_day
from services.stats.policy.reading import may_edit_rules
from services.stats.store.figures import in_force_at_end
from services.stats.store.rulesets import find_stored, list_rulesets, list_stored, ruleset_from

router = edge_router()

RuleText = Annotated[str, Form(max_length=300_000)]


@router.get("/rules")
async def show_rules(
    request: Request,
    me: Me,
    session: Reading,
    now: Now,
    *,
    ruleset_id: Annotated[str, Query(max_length=60)] = "",
    version: Annotated[int, Query(ge=1)] = 1,
) -> Response:
    stored, rulesets = await list_stored(session), await list_rulesets(session)
    in_force = in_force_at_end(rulesets, Period.at(now))
    shown = await _chosen(session, ruleset_id, version) if ruleset_id else in_force
    return page(
        request,
        "stats/rules.html",
        stored=stored,
        in_force=in_force,
        shown=shown,
        sections=_sections(shown) if shown else [],
        may_edit=may_edit_rules(me.roles, me.unit_kind),
        levels=LEVELS,
        zh=points_zh,
    )


@router.get("/rules/edit")
async def edit_rules(request: Request, me: Me, session: Reading, now: Now) -> Response:
    _require_editor(me)
    stored = await list_stored(session)
    in_force = in_force_at_end(await list_rulesets(session), Period.at(now))
    current = next(
        (row for row in stored if in_force and (row.ruleset_id, row.version) == (in_force.id, in_force.version)), None
    )
    text = next_version_of(current.text, _latest(stored, current), local_day(now)) if current else ""
    return _edit_page(request, text)


@router.post("/rules/preview")
async def preview_rules(request: Request, me: Me, session: Reading, now: Now, text: RuleText) -> Response:
    _require_editor(me)
    try:
        new = await read_ruleset_apart(text)
        effects = await preview_effect(session, new, now)
        require_savable(new, await list_rulesets(session), local_day(now))
    except Refusal as refusal:
        return _edit_page(request, text, refusal=refusal)
    return _edit_page(request, text, new=new, effects=effects, period=Period.at(now))


@router.post("/rules")
async def save_rules(request: Request, me: LiveMe, tx: Tx, text: RuleText) -> Response:
    _require_editor(me)
    try:
        saved = await save_ruleset(tx, text, by=me.ref)
    except Refusal as refusal:
        return _edit_page(request, text, refusal=refusal)
    return back_to("/stats/rules", f"已保存第{saved.version}版，自{saved.effective_from:%Y-%m-%d}起计分。")


def _edit_page(
    request: Request,
    text: str,
    *,
    refusal: Refusal | None = None,
    new: Ruleset | None = None,
    effects: list[Effect] | None = None,
    period: Period | None = None,
) -> Response:
    errors = refusal.errors if isinstance(refusal, RuleFileIsInvalid) else []
    return page(
        request,
        "stats/rules_edit.html",
        status_code=refusal.status if refusal else 200,
        text=text,
        refusal="" if errors or refusal is None else str(refusal),
        errors=errors,
        new=new,
        effects=effects,
        period=period,
        zh=points_zh,
    )


def _require_editor(me: Officer) -> None:
    if not may_edit_rules(me.roles, me.unit_kind):
        raise NotPermitted


async def _chosen(session: AsyncSession, ruleset_id: str, version: int) -> Ruleset:
    row = await find_stored(session, ruleset_id, version)
    if row is None:
        raise NotFound
    return ruleset_from(row.text)


def _latest(stored: list[StoredRuleset], current: StoredRuleset) -> int:
    return max(row.version for row in stored if row.ruleset_id == current.ruleset_id)


def _sections(ruleset: Ruleset) -> list[dict[str, Any]]:
    """The rules by what they pay for, in the order in which they stand."""
    titles = {rule.event: rule.event.label for rule in ruleset.rules}
    sections = [
        {"title": title, "rules": [rule for rule in ruleset.rules if rule.event is event and not rule.is_multiplier]}
        for event, title in titles.items()
    ]
    factors = [rule for rule in ruleset.rules if rule.is_multiplier]
    return [one for one in sections if one["rules"]] + ([{"title": "系数", "rules": factors}] if factors else [])
