"""What comes in by API or form: any subset of an item's fields, cleaned before a row is touched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    create_model,
    model_validator,
)

from services.kernel.language.moments import within_calendar
from services.kernel.language.particulars import own_fields
from services.kernel.language.text import clean_line, clean_text
from services.kernel.language.vocabulary import InfoType
from services.kernel.language.vocabulary.item_fields import FIELD, FIELDS, Kind
from services.kernel.language.vocabulary.item_fields import Field as ItemField

Line = Annotated[str, AfterValidator(clean_line)]
Prose = Annotated[str, AfterValidator(clean_text)]
Number = Annotated[int, Field(strict=True)]
Moment = Annotated[AwareDatetime, AfterValidator(within_calendar)]

_COMMAS = re.compile("[、，,；;]")


class NewAuthor(BaseModel):
    """One writer of the item, for personal credit."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(max_length=50, title="姓名")]
    officer_id: UUID | None = Field(None, title="人员")
    section_id: UUID | None = Field(None, title="科室")


_TAKEN_AS: dict[Kind, Any] = {
    Kind.LINE: Line,
    Kind.TEXT: Prose,
    Kind.PHONE: Line,
    Kind.PLACE: Line,
    Kind.TIME: Moment,
    Kind.COUNT: Number,
    Kind.MONEY: Number,
    Kind.LIST: Line | list[Line],
    Kind.PEOPLE: Annotated[list[NewAuthor], Field(max_length=50)],
    Kind.UNITS: Annotated[list[UUID], Field(max_length=FIELD["co_units"].limit)],
    Kind.DECLARATION: StrictBool,
}


def _inputs(fields: Iterable[ItemField]) -> dict[str, Any]:
    return {field.name: ((field.words or _TAKEN_AS[field.kind]) | None, None) for field in fields}


def _group(info_type: InfoType) -> Any:
    name = f"{info_type.name.title().replace('_', '')}Change"
    about = f"What an item of the type {info_type.label} says besides its text; times carry their zone."
    forbidding = ConfigDict(extra="forbid")
    return create_model(name, __config__=forbidding, __doc__=about, **_inputs(own_fields(info_type)))


_GROUPS = {info_type.value: _group(info_type) for info_type in InfoType if own_fields(info_type)}


class ItemChange(BaseModel):
    """Any subset of an item's fields; a field that is absent stays as it is.

    The fields that only some types have may also come grouped, under the name of the type.
    """

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="after")
    def _spread_groups(self) -> Self:
        for group in (getattr(self, name) for name in _GROUPS):
            for name in group.model_fields_set if group else ():
                setattr(self, name, getattr(group, name))
        return self

    @property
    def values(self) -> dict[str, Any]:
        """What was given, by field name, groups spread out."""
        given = {field.name: getattr(self, field.name) for field in FIELDS if field.name in self.model_fields_set}
        return {name: _parted(value) if name in _LISTS else value for name, value in given.items()}


_LISTS = {field.name for field in FIELDS if field.kind is Kind.LIST}


def _parted(value: Any) -> Any:
    """A list that was typed on one line: 区水利局、区应急局."""
    if not isinstance(value, str):
        return value
    return [name.strip() for name in _COMMAS.split(value) if name.strip()]


if TYPE_CHECKING:
    SubmissionChange = ItemChange
else:
    SubmissionChange = create_model(
        "SubmissionChange",
        __base__=ItemChange,
        __doc__=ItemChange.__doc__,
        **_inputs(FIELDS),
        **{name: (group | None, Field(None, title=InfoType(name).label)) for name, group in _GROUPS.items()},
    )
