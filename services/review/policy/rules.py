"""The shape of `defaults/rules.yaml` and `defaults/periodicals.yaml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.kernel.language.vocabulary import InfoType, Level, PeriodicalKind, System

Hours = Annotated[float, Field(gt=0, le=8760, allow_inf_nan=False)]
DEFAULT = "default"


class ReviewRules(BaseModel):
    """What an office decides about its own way of reviewing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    needs_second_reader: bool = True
    emergency_due_minutes: int = Field(gt=0, le=10_080)
    handle_within_hours: dict[str, Hours]

    @field_validator("handle_within_hours")
    @classmethod
    def _covers_every_type(cls, hours: dict[str, Hours]) -> dict[str, Hours]:
        if unknown := sorted(hours.keys() - {DEFAULT, *InfoType}):
            raise ValueError(f"没有这样的信息类型：{'、'.join(unknown)}")
        if DEFAULT not in hours:
            raise ValueError("缺少 default，没有单列的类型用它")
        return hours


class PeriodicalSeed(BaseModel):
    """One periodical as data: what its issues start from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[a-z][a-z0-9_-]{1,39}$")
    title: str = Field(min_length=1, max_length=100)
    kind: PeriodicalKind
    system: System = System.GOVERNMENT
    issuing_office: str = ""
    mark: str = ""
    report_to: str = ""
    send_to: str = ""
    distribute_to: str = ""
    copies: int | None = Field(default=None, ge=1, le=100_000)


class PeriodicalSeeds(BaseModel):
    """The periodicals that a node of each level starts with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    township: tuple[PeriodicalSeed, ...] = ()
    county: tuple[PeriodicalSeed, ...] = ()
    city: tuple[PeriodicalSeed, ...] = ()
    province: tuple[PeriodicalSeed, ...] = ()
    national: tuple[PeriodicalSeed, ...] = ()

    def of(self, level: Level) -> tuple[PeriodicalSeed, ...]:
        """The periodicals of one level."""
        seeds: tuple[PeriodicalSeed, ...] = getattr(self, level.value)
        return seeds
