"""The form an item is written in: what was typed, what it means, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as kept
from datetime import datetime
from typing import Any, Self

from pydantic import ValidationError
from starlette.datastructures import FormData

from services.intake.model import Submission, SubmissionChange
from services.kernel.language.calendar import SHANGHAI
from services.kernel.language.particulars import in_words
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import InfoType
from services.kernel.language.vocabulary.item_fields import FIELDS, Field, Kind

OFFERED_TYPES = [(one, one.short, one.note) for one in sorted(InfoType, key=lambda one: one.is_urgent) if one.short]

_TYPED = {field.name: field for field in FIELDS if field.kind not in {Kind.DECLARATION, Kind.PEOPLE}}
_SENTENCES = {
    "enum": "请从列出的选项中选择。",
    "int_type": "请填整数。",
    "datetime_from_date_parsing": "时间请写作 年-月-日 时:分。",
    "datetime_parsing": "时间请写作 年-月-日 时:分。",
    "string_unicode": "含有无法保存的字符，请删去。",
}


@dataclass(frozen=True)
class Typed:
    """The form as typed (kept when it fails), with errors by field and one for the whole."""

    fields: Mapping[str, Any] = kept(default_factory=dict)
    errors: Mapping[str, str] = kept(default_factory=dict)
    message: str = ""
    status: int = 200

    def refused(self, refusal: Refusal) -> Self:
        """The form as it comes back when a rule said no."""
        errors = {str(error["field"]): str(error["message"]) for error in refusal.details.get("errors", ())}
        return replace(self, errors=errors, message=str(refusal), status=refusal.status)


def typed_of(form: FormData) -> Typed:
    """What a posted form holds, as typed."""
    fields: dict[str, Any] = {name: str(form[name]) for name in _TYPED if isinstance(form.get(name), str)}
    fields["non_secret_declared"] = "non_secret_declared" in form
    return Typed(fields)


def typed_from(submission: Submission) -> Typed:
    """The form of an item as it is kept."""
    values = submission.field_values
    fields: dict[str, Any] = {name: _shown(field, values.get(name)) for name, field in _TYPED.items()}
    return Typed(fields | {"non_secret_declared": submission.non_secret_declared})


def meant(typed: Typed) -> tuple[dict[str, Any], Typed]:
    """The values that a form means, and the form with what is wrong with it; one of the two is empty of news."""
    try:
        return SubmissionChange.model_validate(_values(typed.fields)).values, typed
    except ValidationError as fault:
        errors = {
            str(error["loc"][0]): _SENTENCES.get(error["type"], "填写有误，请核对。")
            for error in fault.errors(include_url=False, include_input=False, include_context=False)
        }
        return {}, replace(typed, errors=errors, message=f"有 {len(errors)} 处填写有误，还没有保存。", status=422)
    except Refusal as refusal:
        return {}, typed.refused(refusal)


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in fields.items()}


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
