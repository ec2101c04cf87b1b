"""The catalogue: classes and items with owner, reviewers, trigger and limits, as checked data."""

from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.kernel.language.vocabulary import Word


class OwnerMode(Word):
    """Who in an office has to bring the information."""

    OFFICE = "office", "办公室"
    EACH_SECTION = "each_section", "各科室"
    NAMED = "named", "指定科室"


class ReviewerRank(Word):
    """Who releases the information."""

    PRINCIPAL = "principal", "主要负责人"
    DEPUTY = "deputy", "分管负责人"


class Trigger(Word):
    """What starts the clock."""

    FORMED = "formed", "信息形成"
    CHANGED = "changed", "信息变更"
    BUDGET_ISSUED = "budget_issued", "预算批复"
    FIXED_DATE = "fixed_date", "固定日期"
    IMMEDIATE = "immediate", "审核后随即公开"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limit(_Row):
    """A time limit; the day that starts it is not counted."""

    count: int = Field(ge=0, le=366)
    unit: Literal["working_days", "calendar_days"]

    @property
    def label(self) -> str:
        """The limit as it is printed."""
        return f"{self.count}个工作日" if self.unit == "working_days" else f"{self.count}日"

    def is_within(self, other: "Limit") -> bool:
        """Whether this limit can never end later than the other in a week without holidays.

        Working days are set against days with two free days in each begun week; where holidays
        make them end later, `due_dates` lets the earlier date count.
        """
        if self.unit in {other.unit, "calendar_days"}:
            return self.count <= other.count
        weeks_begun = -(-self.count // 5)
        return self.count + 2 * weeks_begun <= other.count


class FixedDate(_Row):
    """A date that returns each year."""

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)

    @model_validator(mode="after")
    def _comes_every_year(self) -> Self:
        try:
            date(2001, self.month, self.day)
        except ValueError:
            raise ValueError(f"{self.month}月{self.day}日不是每年都有的日期") from None
        return self


class _Terms(_Row):
    """What a class says for its items, and what an item may say for itself."""

    owner: OwnerMode | None = None
    owner_name: str | None = None
    reviewers: tuple[ReviewerRank, ...] | None = Field(default=None, min_length=1)
    trigger: Trigger | None = None
    internal_limit: Limit | None = None
    statutory_limit: Limit | None = None
    fixed_date: FixedDate | None = None
    basis: str | None = None


class ItemRow(_Terms):
    """One leaf as it stands in the file."""

    code: str = Field(pattern=r"^[0-9A-Za-z]{2,12}$")
    name: str = Field(min_length=1, max_length=40)


class Category(_Row):
    """One leaf of the catalogue with all its terms."""

    code: str
    name: str
    class_code: str
    class_name: str
    owner: OwnerMode
    owner_name: str | None = None
    reviewers: tuple[ReviewerRank, ...]
    trigger: Trigger
    internal_limit: Limit | None = None
    statutory_limit: Limit
    fixed_date: FixedDate | None = None
    basis: str = ""

    @model_validator(mode="after")
    def _terms_fit_together(self) -> Self:
        if self.internal_limit and not self.internal_limit.is_within(self.statutory_limit):
            raise ValueError(
                f"“{self.name}”的内部时限{self.internal_limit.label}长于法定时限{self.statutory_limit.label}"
            )
        if (self.trigger is Trigger.FIXED_DATE) != (self.fixed_date is not None):
            raise ValueError(f"“{self.name}”的 fixed_date 只能、也必须与 trigger: fixed_date 一起写")
        if (self.owner is OwnerMode.NAMED) != (self.owner_name is not None):
            raise ValueError(f"“{self.name}”的 owner_name 只能、也必须与 owner: named 一起写")
        return self


class ClassRow(_Terms):
    """One class as it stands in the file."""

    code: str = Field(pattern=r"^[0-9A-Za-z]{2,12}$")
    name: str = Field(min_length=1, max_length=40)
    owner: OwnerMode
    reviewers: tuple[ReviewerRank, ...] = Field(min_length=1)
    trigger: Trigger
    items: tuple[ItemRow, ...] = Field(min_length=1)

    def resolved(self, statutory_limit: Limit) -> list[Category]:
        """The items with what they inherit filled in; an explicit null inherits nothing."""
        inherited = self.model_dump(exclude={"items", "code", "name"}, exclude_none=True)
        return [
            Category.model_validate(
                {
                    "statutory_limit": statutory_limit.model_dump(),
                    "class_code": self.code,
                    "class_name": self.name,
                    **inherited,
                    **item.model_dump(exclude_unset=True),
                }
            )
            for item in self.items
        ]


class SetHead(_Row):
    """Name and version of a category set."""

    id: str = Field(min_length=1)
    version: int = Field(ge=1)
    name: str = ""


class CategorySet(_Row):
    """The whole catalogue of a node."""

    category_set: SetHead
    statutory_limit: Limit
    summary_limit: int = Field(default=300, ge=50, le=500)
    classes: tuple[ClassRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _leaves_are_valid(self) -> Self:
        codes = [row.code for row in self.classes] + [leaf.code for leaf in self.leaves]
        for code in codes:
            if codes.count(code) > 1:
                raise ValueError(f"类目编号 {code} 重复")
        return self

    @property
    def leaves(self) -> list[Category]:
        """The categories that information can be put into, in the order of the catalogue."""
        return [leaf for row in self.classes for leaf in row.resolved(self.statutory_limit)]
