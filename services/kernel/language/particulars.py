"""An item's fields put to use: which ones it has, what it lacks, what they say in words, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from services.kernel.language.calendar import zh_moment
from services.kernel.language.vocabulary import InfoType
from services.kernel.language.vocabulary.item_fields import FIELDS, Field, Kind


@dataclass(frozen=True)
class FieldChange:
    """A field that says something else in a later version; a side that said nothing is empty."""

    label: str
    before: str
    after: str
    is_figure: bool


@dataclass(frozen=True)
class FieldSection:
    """Fields that the same types have, and no others: they are asked for together."""

    types: tuple[InfoType, ...]
    fields: tuple[Field, ...]

    @property
    def title(self) -> str:
        """紧急信息要素; several types are joined."""
        return "、".join(info_type.label for info_type in self.types) + "要素"


def fields_of(info_type: InfoType | None) -> list[Field]:
    """The fields that an item of this type has; all of them while it has no type."""
    return [field for field in FIELDS if info_type is None or info_type in field.types]


def own_fields(info_type: InfoType) -> list[Field]:
    """Those that not every type has."""
    return [field for field in fields_of(info_type) if not field.is_for_every_type]


def field_sections() -> list[FieldSection]:
    """What not every type has, in the order of the form."""
    own = (field for field in FIELDS if not field.is_for_every_type)
    return [
        FieldSection(tuple(one for one in InfoType if one in types), tuple(fields))
        for types, fields in groupby(own, key=lambda field: field.types)
    ]


def is_blank(value: Any) -> bool:
    """Whether a field says nothing; 0 and 否 say something."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], ())


def lacks(field: Field, values: Mapping[str, Any], info_type: InfoType | None) -> bool:
    """Whether an item of this type is not complete because this field says nothing."""
    if not is_blank(values.get(field.name)):
        return False
    if field.needed_with and info_type in field.types:
        other, value = field.needed_with
        return values.get(other) == value
    return field.is_needed_by(info_type)


def particulars(values: Mapping[str, Any], info_type: InfoType | None) -> list[tuple[str, str]]:
    """What an item says besides title and text: label and words of every field that is filled, in the form's order."""
    return [
        (field.label, in_words(field, values[field.name]))
        for field in fields_of(info_type)
        if not field.is_heading and not is_blank(values.get(field.name))
    ]


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any], info_type: InfoType | None) -> list[FieldChange]:
    """Which particulars say something else than before."""
    sides = [
        (field, in_words(field, before.get(field.name)), in_words(field, after.get(field.name)))
        for field in fields_of(info_type)
        if not field.is_heading
    ]
    return [FieldChange(field.label, old, new, field.is_figure) for field, old, new in sides if old != new]


def in_words(field: Field, value: Any) -> str:
    """A field's value as people read it: codes by their label, times in China, numbers with their unit."""
    if is_blank(value):
        return ""
    if field.kind is Kind.DECLARATION:
        return "已声明" if value else "未声明"
    if field.kind is Kind.TIME:
        return zh_moment(datetime.fromisoformat(value) if isinstance(value, str) else value)
    if field.kind.is_number:
        return f"{value:,}{field.unit}"
    if field.kind in {Kind.LIST, Kind.PEOPLE, Kind.UNITS}:
        return "、".join(_names(value))
    if field.words:
        return next((word.label for word in field.words if word == value), str(value))
    return str(value)


def _names(entries: Iterable[Any]) -> list[str]:
    return [str(entry["name"] if isinstance(entry, Mapping) else getattr(entry, "name", entry)) for entry in entries]
