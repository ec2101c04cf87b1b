"""JSON of stats: scores with their source records, and the rule sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.kernel.language.refusal import NotFound, NotPermitted
from services.kernel.runtime.paging import decode_cursor, encode_cursor
from services.kernel.runtime.web import LiveMe, Me, Now, Officer, Reading, Tx, edge_router
from services.stats.actions.ruling import preview_effect, read_ruleset_apart, save_ruleset
from services.stats.model import StoredEntry, StoredRuleset
from services.stats.policy import Period, Ruleset
from services.stats.policy.credit import as_number
from services.stats.policy.hostile import LONGEST
from services.stats.policy.reading import TITLE_OMITTED, may_edit_rules, may_read_title, may_see_all
from services.stats.policy.sheet import ScoreRow
from services.stats.store.figures import Source, in_force_at_end, list_sources, read_sheet
from services.stats.store.rulesets import find_stored, list_rulesets, list_stored, ruleset_from

router = edge_router(prefix="/api/v1")


class NewRuleset(BaseModel):
    """A rule set as the text of its file (YAML)."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=LONGEST)


@router.get("/scores")
async def list_scores(
    me: Me,
    session: Reading,
    now: Now,
    *,
    period: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=400)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> dict[str, Any]:
    month = Period.read(period) if period else Period.at(now)
    sheet = await read_sheet(session, month, own=None if _sees_all(me) else me.unit_id)
    readable = [row for row in sheet.rows if _sees_all(me) or row.unit.unit_id == me.unit_id]
    ordered = sorted(readable, key=_place)
    after = decode_cursor(cursor, str, str) if cursor else None
    rest = [row for row in ordered if after is None or _place(row) > after]
    shown = rest[:limit]
    sources = await list_sources(session, month, [row.unit.unit_id for row in shown])
    return {
        "period": str(month),
        "items": [_score_view(row, sources[row.unit.unit_id], me) for row in shown],
        "next": encode_cursor(list(_place(shown[-1]))) if len(rest) > limit else None,
    }


@router.get("/rulesets")
async def read_rulesets(_me: Me, session: Reading, now: Now) -> dict[str, Any]:
    in_force = in_force_at_end(await list_rulesets(session), Period.at(now))
    return {"items": [_ruleset_view(row, in_force) for row in await list_stored(session)], "next": None}


@router.get("/rulesets/{ruleset_id}/{version}")
async def read_one_ruleset(ruleset_id: str, version: int, _me: Me, session: Reading) -> dict[str, Any]:
    row = await find_stored(session, ruleset_id, version)
    if row is None:
        raise NotFound
    return _ruleset_view(row, None) | {"text": row.text, "rules": _rules_of(row)}


@router.post("/rulesets/preview")
async def preview_ruleset(new: NewRuleset, me: Me, session: Reading, now: Now) -> dict[str, Any]:
    _require_editor(me)
    effects = await preview_effect(session, await read_ruleset_apart(new.text), now)
    items = [
        {"unit_name": one.unit_name, "before": as_number(one.before), "after": as_number(one.after)} for one in effects
    ]
    return {"period": str(Period.at(now)), "items": items, "next": None}


@router.post("/rulesets", status_code=201)
async def add_ruleset(new: NewRuleset, me: LiveMe, tx: Tx, request: Request) -> dict[str, Any]:
    _require_editor(me)
    return _ruleset_view(await save_ruleset(tx, new.text, by=me.ref), None)


def _sees_all(me: Officer) -> bool:
    return may_see_all(me.roles, me.unit_kind)


def _require_editor(me: Officer) -> None:
    if not may_edit_rules(me.roles, me.unit_kind):
        raise NotPermitted


def _place(row: ScoreRow) -> tuple[str, str]:
    return (row.unit.name, str(row.unit.unit_id))


def _score_view(row: ScoreRow, sources: Sequence[Source], me: Officer) -> dict[str, Any]:
    return {
        "unit_id": row.unit.unit_id,
        "unit_name": row.unit.name,
        "score": as_number(row.score),
        "year_score": as_number(row.year_total),
        "ranking_group": row.unit.group,
        "rank": row.rank,
        "units_in_group": row.of,
        "submitted": row.counts.submitted,
        "returned_invalid": row.counts.returned,
        "adopted": {level.value: times for level, times in row.counts.adopted.items()},
        "forwarded": row.counts.forwarded,
        "instructions": row.counts.instructions,
        "entries": [_entry_view(source, source.entry, me) for source in sources if source.entry],
    }


def _entry_view(source: Source, entry: StoredEntry, me: Officer) -> dict[str, Any]:
    event = source.event
    return {
        "rule_id": entry.rule_id,
        "points": as_number(entry.points),
        "reason": entry.reason,
        "origin_id": entry.origin_id,
        "event": event.kind,
        "level": event.level,
        "system": event.system,
        "title": event.title if may_read_title(me, event) else TITLE_OMITTED,
        "happened_on": entry.happened_on,
        "points_before": as_number(entry.points_before),
        "multiplier_rule_id": entry.multiplier_rule_id,
        "ruleset_id": entry.ruleset_id,
        "ruleset_version": entry.ruleset_version,
    }


def _ruleset_view(row: StoredRuleset, in_force: Ruleset | None) -> dict[str, Any]:
    return {
        "ruleset_id": row.ruleset_id,
        "version": row.version,
        "name": row.name,
        "effective_from": row.effective_from,
        "effective_to": row.effective_to,
        "saved_by": row.saved_by,
        "saved_at": row.saved_at,
        "in_force": in_force is not None and (in_force.id, in_force.version) == (row.ruleset_id, row.version),
    }


def _rules_of(row: StoredRuleset) -> list[dict[str, Any]]:
    return [rule.model_dump(mode="json", exclude_none=True) for rule in ruleset_from(row.text).rules]
