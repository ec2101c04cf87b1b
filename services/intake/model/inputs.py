"""What comes in by API or form: any subset of an item's fields, cleaned before a row is touched."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, model_validator

from services.intake.policy import clean_line, clean_text
from services.kernel.language.moments import within_calendar
from services.kernel.language.vocabulary import DisclosureAttribute, EventGrade, InfoType, Level, ReportStage

Line = Annotated[str, AfterValidator(clean_line)]
Prose = Annotated[str, AfterValidator(clean_text)]
Count = Annotated[int, Field(strict=True)]
Moment = Annotated[AwareDatetime, AfterValidator(within_calendar)]

_COMMAS = re.compile("[、，,；;]")


class NewAuthor(BaseModel):
    """One writer of the item, for personal credit."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(max_length=50)]
    officer_id: UUID | None = None
    section_id: UUID | None = None


class ProblemChange(BaseModel):
    """What a 问题类 item must say besides its text."""

    model_config = ConfigDict(extra="forbid")

    own_efforts: Prose | None = None
    help_wanted: Prose | None = None
    responsible_level: Level | None = None
    source: Line | None = None


class EmergencyChange(BaseModel):
    """What an emergency item says besides its text; times carry their zone, losses are in yuan."""

    model_config = ConfigDict(extra="forbid")

    report_stage: ReportStage | None = None
    followup_no: Count | None = None
    event_grade: EventGrade | None = None
    occurred_at: Moment | None = None
    learned_at: Moment | None = None
    place: Line | None = None
    source: Line | None = None
    nature: Line | None = None
    impact: Prose | None = None
    deaths: Count | None = None
    missing: Count | None = None
    injured: Count | None = None
    loss_amount: Count | None = None
    trend: Prose | None = None
    measures: Prose | None = None
    leaders_on_site: Line | None = None
    request: Prose | None = None
    site_contact: Line | None = None
    also_reported_to: Line | list[Line] | None = None


class SubmissionChange(ProblemChange, EmergencyChange):
    """Any subset of an item's fields; a field that is absent stays as it is.

    The fields of problems and emergencies may also come grouped, as `problem` and `emergency`.
    """

    info_type: InfoType | None = None
    title: Line | None = None
    body: Prose | None = None
    author_name: Line | None = None
    author_phone: Line | None = None
    authors: Annotated[list[NewAuthor], Field(max_length=50)] | None = None
    non_secret_declared: StrictBool | None = None
    suggested_attribute: DisclosureAttribute | None = None
    problem: ProblemChange | None = None
    emergency: EmergencyChange | None = None

    @model_validator(mode="after")
    def _spread_groups(self) -> Self:
        for group in (self.problem, self.emergency):
            for name in group.model_fields_set if group else ():
                setattr(self, name, getattr(group, name))
        return self

    @property
    def values(self) -> dict[str, Any]:
        """What was given, by field name, groups spread out."""
        given = self.model_fields_set - {"problem", "emergency"}
        found = {name: getattr(self, name) for name in given}
        if isinstance(found.get("also_reported_to"), str):
            names = _COMMAS.split(found["also_reported_to"])
            found["also_reported_to"] = [name.strip() for name in names if name.strip()]
        return found
