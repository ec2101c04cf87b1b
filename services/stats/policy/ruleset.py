"""A rule set: how a node scores the units it governs, as checked data with dates."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import (
    AdoptionMode,
    InfoType,
    LeaderRank,
    Level,
    PeriodicalKind,
)
from services.stats.policy.event import EventKind

Stacking = Literal["sum", "max"]
Split = Literal["equal", "fixed_per_unit"]

CRITERIA = ("level", "periodical_kind", "info_type", "mode", "leader_rank")
"""What a rule may ask of an event; the more of them it names, the more specific it is."""


class NoRulesetInForce(Refusal):
    """这一天没有生效的计分办法。"""

    status = 409
    code = "no_ruleset_in_force"
    message = "这一天没有生效的计分办法，请先设定计分办法的生效日期。"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cap(_Row):
    """Upper limit of what one rule gives (lower limit, if negative) per unit or item and period."""

    scope: Literal["unit", "item"]
    period: Literal["month", "year"]
    amount: Decimal = Field(ge=-100_000, le=100_000)


class Rule(_Row):
    """One row: which events it pays for, how much, and how it combines with others."""

    id: str = Field(min_length=1, max_length=20)
    name: str = Field(default="", max_length=60)
    event: EventKind
    level: Level | None = None
    periodical_kind: PeriodicalKind | None = None
    info_type: InfoType | None = None
    mode: AdoptionMode | None = None
    leader_rank: LeaderRank | None = None
    points: Decimal = Field(ge=-1000, le=1000)
    unit: Literal["per_item", "per_event", "multiplier"] = "per_item"
    cap: Cap | None = None
    stack_group: str | None = Field(default=None, max_length=40)
    stacking: Stacking | None = None
    split: Split | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    source: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=500)

    @field_validator(*CRITERIA, mode="before")
    @classmethod
    def _any_is_no_condition(cls, value: Any) -> Any:
        return None if value == "any" else value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.stacking == "max" and not self.stack_group:
            raise ValueError("stacking 为 max 时要写明 stack_group（在哪一组内取最高）")
        if self.unit == "multiplier" and self.points < 0:
            raise ValueError("unit 为 multiplier 时，points 是倍数，不能小于 0")
        if self.unit == "multiplier" and (self.cap or self.stack_group or self.stacking):
            raise ValueError("unit 为 multiplier 的规则不能设 cap、stack_group、stacking")
        if self.cap and self.points * self.cap.amount < 0:
            raise ValueError("cap.amount 要与 points 同为加分或同为扣分，否则不起作用")
        _refuse_reversed(self.effective_from, self.effective_to)
        return self

    @property
    def specificity(self) -> int:
        """How many criteria the rule names."""
        return sum(getattr(self, name) is not None for name in CRITERIA)

    def is_in_force_on(self, day: date) -> bool:
        """Whether the row applies to events of this day."""
        return _covers(self.effective_from, self.effective_to, day)

    def overlaps(self, other: "Rule") -> bool:
        """Whether both rows ask the same of the same events at some time."""
        same = self.event is other.event and self.is_multiplier == other.is_multiplier
        return (
            same
            and all(getattr(self, name) == getattr(other, name) for name in CRITERIA)
            and (self.effective_from or date.min) <= (other.effective_to or date.max)
            and (other.effective_from or date.min) <= (self.effective_to or date.max)
        )

    @property
    def is_multiplier(self) -> bool:
        """Whether the row scales other rows instead of paying itself."""
        return self.unit == "multiplier"


class Head(_Row):
    """Name, version and dates of a rule set, and how its periods close."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$")
    version: int = Field(ge=1, le=100_000)
    name: str = Field(default="", max_length=100)
    period: Literal["month"] = "month"
    close_day: int = Field(ge=1, le=28)
    rank_ties: Literal["same_rank_skip", "same_rank_dense"] = "same_rank_skip"
    effective_from: date
    effective_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _refuse_reversed(self.effective_from, self.effective_to)
        return self


class Defaults(_Row):
    """What a row means when it does not say."""

    stacking: Stacking = "sum"
    split: Split = "equal"
    rounding: int = Field(default=2, ge=0, le=4)


class Policies(_Row):
    """Choices that hold across rows."""

    multi_adoption_same_level: Literal["max_within_stack_group", "sum"] = "max_within_stack_group"
    multi_adoption_across_levels: Stacking = "sum"
    duplicate_submission: Literal["first_only", "each"] = "first_only"
    score_floor_month: Decimal | None = Field(default=Decimal(0), ge=-100_000, le=0)
    leader_bonus_cap_per_item: Decimal | None = Field(default=None, ge=0, le=100_000)


class Ruleset(_Row):
    """A whole rule set, as it stands in a file."""

    ruleset: Head
    defaults: Defaults = Defaults()
    policies: Policies = Policies()
    rules: tuple[Rule, ...] = Field(min_length=1, max_length=300)

    @model_validator(mode="after")
    def _rows_are_distinct(self) -> Self:
        for index, rule in enumerate(self.rules):
            for other in self.rules[:index]:
                if rule.id == other.id:
                    raise ValueError(f"规则编号 {rule.id} 重复")
                if rule.overlaps(other):
                    raise ValueError(f"规则 {rule.id} 与 {other.id} 的条件相同，无法判断用哪一条")
        return self

    @property
    def id(self) -> str:
        """The set's name for machines."""
        return self.ruleset.id

    @property
    def version(self) -> int:
        """Raised with every change."""
        return self.ruleset.version

    def is_in_force_on(self, day: date) -> bool:
        """Whether the set scores events of this day."""
        return _covers(self.ruleset.effective_from, self.ruleset.effective_to, day)


def ruleset_on(rulesets: Iterable[Ruleset], day: date) -> Ruleset:
    """The rule set in force on a day; of several, the one that began last.

    Raises:
        NoRulesetInForce: None covers the day.
    """
    covering = [ruleset for ruleset in rulesets if ruleset.is_in_force_on(day)]
    if not covering:
        raise NoRulesetInForce
    return max(covering, key=lambda found: (found.ruleset.effective_from, found.version))


def _covers(first: date | None, last: date | None, day: date) -> bool:
    return (first or date.min) <= day <= (last or date.max)


def _refuse_reversed(first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise ValueError("effective_to 不能早于 effective_from")
