"""The form an item is written in: what was typed, and the values that it means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData

from services.intake.model import Submission, SubmissionChange
from services.kernel.language.calendar import SHANGHAI
from services.kernel.language.particulars import in_words
from services.kernel.language.vocabulary import InfoType
from services.kernel.language.vocabulary.item_fields import FIELDS, Field, Kind
from services.kernel.runtime.web.forms import Typed, meant

OFFERED_TYPES = [(one, one.short, one.note) for one in sorted(InfoType, key=lambda one: one.is_urgent) if one.short]

_TYPED = {field.name: field for field in FIELDS if field.kind not in {Kind.DECLARATION, Kind.PEOPLE, Kind.UNITS}}

_OFFERED = {"info_type", "author_name", "author_phone", "suggested_attribute", "non_secret_declared"}


def typed_in(form: FormData) -> dict[str, Any]:
    """What a posted form holds of an item's fields, as typed."""
    fields: dict[str, Any] = {name: str(form[name]) for name in _TYPED if isinstance(form.get(name), str)}
    return fields | {"non_secret_declared": "non_secret_declared" in form}


def typed_from(submission: Submission) -> Typed:
    """The form of an item as it is kept."""
    values = submission.field_values
    fields: dict[str, Any] = {name: _shown(field, values.get(name)) for name, field in _TYPED.items()}
    return Typed(fields | {"non_secret_declared": submission.non_secret_declared})


def values_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a form means.

    Raises:
        InvalidInput: `errors` names each field that does not fit.
    """
    return meant(SubmissionChange, {name: _value(name, value) for name, value in fields.items()}).values


def is_blank(values: Mapping[str, Any]) -> bool:
    """Whether a form says no more than every new one does: no draft is made of it."""
    return all(name in _OFFERED or value is None or value in ("", []) for name, value in values.items())


def _value(name: str, value: Any) -> Any:
    field = _TYPED.get(name)
    if field is None:
        return value
    text = str(value).strip()
    if field.kind in {Kind.CODE, Kind.TIME} or field.kind.is_number:
        value = text or None
    if field.kind.is_number and text.isdecimal() and len(text) < 20:
        return int(text)
    return _with_zone(text) if text and field.kind is Kind.TIME else value


def _with_zone(text: str) -> str:
    """A time from a form has no zone: it is Asia/Shanghai's."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).isoformat()


def _shown(field: Field, value: Any) -> Any:
    """A value as the field's control takes it."""
    if value is None:
        return ""
    if field.kind is Kind.TIME:
        return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    return in_words(field, value) if field.kind is Kind.LIST else value
