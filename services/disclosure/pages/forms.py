"""Posted forms of disclosure: what was typed, what it means, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from starlette.datastructures import FormData

from services.disclosure.model import Information, InformationChange, KnownItem
from services.disclosure.policy.fields import LABELS, LINES, TEXTS
from services.kernel.runtime.web.forms import Typed

_CHOICES = ("category_id", "attribute", "validity")
_DATES = ("formed_on", "effective_on", "repealed_on")
_TYPED = (*LINES, *TEXTS, *_CHOICES, *_DATES)
_BETWEEN_KEYWORDS = re.compile(r"[、，,；;\s]+")
_SENTENCES = {
    **dict.fromkeys(("date_from_datetime_parsing", "date_parsing", "date_type"), "写作 年-月-日，如 2026-11-24。"),
    "enum": "要从列出的选项中选择。",
    "string_too_long": "最多{max_length}字，请删减。",
    "too_long": "最多{max_length}处，请删减。",
    "string_unicode": "含有无法保存的字符，请删去。",
}
"""What is wrong with a field, after its label, by the kind of fault."""


@dataclass(frozen=True)
class TypedText(Typed):
    """The form of a text: besides what was typed, `values` for the action."""

    values: Mapping[str, Any] = field(default_factory=dict)


def read_text_form(form: FormData) -> TypedText:
    """What a posted text means; all fields of the form are there, empty ones too."""
    said = {name: str(form.get(name) or "") for name in (*_TYPED, "keywords")}
    said["is_normative"] = "is_normative" in form  # type: ignore[assignment]
    meant: dict[str, Any] = dict(said)
    meant |= {name: said[name].strip() or None for name in (*_DATES, "validity")}
    meant["attribute"] = said["attribute"] or None
    meant["keywords"] = [word for word in _BETWEEN_KEYWORDS.split(said["keywords"]) if word]
    try:
        return TypedText(said, values=InformationChange.model_validate(meant).values)
    except ValidationError as fault:
        return TypedText(said, errors=sentences_of(fault), status=422)


def sentences_of(fault: ValidationError) -> dict[str, str]:
    """What is wrong with a form, by field: one sentence for each kind of fault, with the field's label."""
    named = [(str(error["loc"][0]), error) for error in fault.errors()]
    said = {name: _SENTENCES.get(one["type"], "填写有误。").format(**one.get("ctx", {})) for name, one in named}
    return {name: f"“{LABELS[name]}”{sentence}" for name, sentence in said.items()}


def fields_of(information: Information) -> dict[str, Any]:
    """A text as its form shows it."""
    shown: dict[str, Any] = {name: str(getattr(information, name) or "") for name in _TYPED}
    return shown | {"keywords": "、".join(information.keywords), "is_normative": information.is_normative}


def fields_of_item(item: KnownItem | None, unit_id: UUID, *, formed_on: str, section: str) -> dict[str, Any]:
    """The form of a new text of a unit, begun from an item where there is one."""
    shown: dict[str, Any] = dict.fromkeys((*_TYPED, "keywords"), "")
    shown |= {"is_normative": False, "attribute": "proactive", "formed_on": formed_on, "responsible_section": section}
    if item is not None:
        shown |= {"title": item.title_for(unit_id), "body": item.body_for(unit_id)}
        shown["attribute"] = item.suggested_attribute or "proactive"
    return shown
