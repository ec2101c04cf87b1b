"""The rules in force as a readable table, and their versions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response

from services.kernel.language.refusal import NotFound
from services.kernel.runtime.pages.templating import page
from services.kernel.runtime.web.dependencies import Me, Now, Reading, edge_router
from services.stats.pages.viewing import points_zh
from services.stats.policy import Period, Ruleset
from services.stats.policy.reading import may_edit_rules
from services.stats.store.figures import in_force_at_end
from services.stats.store.rulesets import list_stored

router = edge_router()


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
    stored = await list_stored(session)
    in_force = in_force_at_end([rules for _, rules in stored], Period.at(now))
    shown = in_force
    if ruleset_id:
        shown = next((rules for _, rules in stored if (rules.id, rules.version) == (ruleset_id, version)), None)
        if shown is None:
            raise NotFound
    return page(
        request,
        "stats/rules.html",
        stored=stored,
        in_force=in_force,
        shown=shown,
        sections=_sections(shown) if shown else [],
        may_edit=may_edit_rules(me.roles, me.unit_kind),
        zh=points_zh,
    )


def _sections(ruleset: Ruleset) -> list[dict[str, Any]]:
    """The rules by what they pay for, in the order in which they stand."""
    titles = {rule.event: rule.event.label for rule in ruleset.rules}
    sections = [
        {"title": title, "rules": [rule for rule in ruleset.rules if rule.event is event and not rule.is_multiplier]}
        for event, title in titles.items()
    ]
    factors = [rule for rule in ruleset.rules if rule.is_multiplier]
    return [one for one in sections if one["rules"]] + ([{"title": "系数", "rules": factors}] if factors else [])
