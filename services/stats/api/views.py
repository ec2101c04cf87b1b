"""What callers are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator

from services.kernel.language.actor import Actor
from services.kernel.runtime.web.views import Page, View
from services.stats.model import StoredEntry
from services.stats.policy import Ruleset
from services.stats.policy.credit import as_number
from services.stats.policy.reading import TITLE_OMITTED, may_read_title
from services.stats.policy.sheet import ScoreRow
from services.stats.store.figures import Source
from services.stats.store.rulesets import Stored


def _plain(points: Decimal | float) -> float:
    return as_number(points) if isinstance(points, Decimal) else points


Points = Annotated[int | float, BeforeValidator(_plain)]
"""Points as a plain number, whole where they are."""


class EntryView(View):
    """One source record: what happened, and the points it gave under which rule."""

    rule_id: str
    points: Points
    reason: str
    origin_id: UUID
    event: str
    level: str | None
    system: str
    title: str
    happened_on: date
    points_before: Points
    multiplier_rule_id: str | None
    ruleset_id: str
    ruleset_version: int

    @classmethod
    def of(cls, source: Source, entry: StoredEntry, reader: Actor) -> Self:
        """The view of a record, its title only for those who may read the item."""
        event = source.event
        title = event.title if may_read_title(reader, event) else TITLE_OMITTED
        return cls.read(entry, event=event.kind, level=event.level, system=event.system, title=title)


class ScoreView(View):
    """A unit's scores of a month and of its year so far, its rank in its group, and where they come from."""

    unit_id: UUID
    unit_name: str
    score: Points
    year_score: Points
    ranking_group: str
    rank: int
    units_in_group: int
    submitted: int
    returned_invalid: int
    adopted: dict[str, int]
    forwarded: int
    instructions: int
    entries: list[EntryView]

    @classmethod
    def of(cls, row: ScoreRow, sources: Sequence[Source], reader: Actor) -> Self:
        """The view of a unit's line with its source records."""
        return cls(
            unit_id=row.unit.unit_id,
            unit_name=row.unit.name,
            score=row.score,
            year_score=row.year_total,
            ranking_group=row.unit.group,
            rank=row.rank,
            units_in_group=row.of,
            submitted=row.counts.submitted,
            returned_invalid=row.counts.returned,
            adopted={level.value: times for level, times in row.counts.adopted.items()},
            forwarded=row.counts.forwarded,
            instructions=row.counts.instructions,
            entries=[EntryView.of(source, source.entry, reader) for source in sources if source.entry],
        )


class ScoresView(Page[ScoreView]):
    """The scores of a month."""

    period: str


class RulesetView(View):
    """A version of a rule set, and whether it is in force."""

    ruleset_id: str
    version: int
    name: str
    effective_from: date
    effective_to: date | None
    saved_by: str
    saved_at: datetime
    in_force: bool

    @classmethod
    def of(cls, stored: Stored, in_force: Ruleset | None = None, **more: Any) -> Self:
        """The view of a version; `in_force` is the one that counts now."""
        kept, rules = stored
        is_it = in_force is not None and (in_force.id, in_force.version) == (rules.id, rules.version)
        about = {"ruleset_id": rules.id, "version": rules.version, "name": rules.ruleset.name}
        return cls.read(kept, **about, in_force=is_it, **more)


class RulesView(RulesetView):
    """A version of a rule set with its text, and the rules read from it."""

    text: str
    rules: list[dict[str, Any]]

    @classmethod
    def whole(cls, stored: Stored) -> Self:
        """The view of a version whole."""
        rules = [rule.model_dump(mode="json", exclude_none=True) for rule in stored[1].rules]
        return cls.of(stored, rules=rules)


class EffectView(View):
    """What a unit scores now, and what it would score."""

    unit_name: str
    before: Points
    after: Points


class EffectsView(Page[EffectView]):
    """What a change of the rules would do to the scores of a month."""

    period: str
