"""Posted forms: what was typed, what it means, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Self, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from services.kernel.language.refusal import InvalidInput, Refusal

_OURS = frozenset({"empty", "unprintable", "wrong_shape", "not_a_key"})
_SENTENCES = {
    "missing": "请填写。",
    "string_too_long": "最多 {max_length} 字。",
    "uuid_parsing": "请选择。",
    "enum": "请从列出的选项中选择。",
    "string_unicode": "含有不能识别的字符。",
    "date_from_datetime_parsing": "日期写作 年-月-日。",
}

Value = TypeVar("Value", bound=BaseModel)


@dataclass(frozen=True)
class Typed(Generic[Value]):
    """A form: `fields` as typed (kept when it fails), `value` when all is well, `errors` by field."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    value: Value | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    status: int = 200

    def refused(self, refusal: Refusal) -> Self:
        """The form as it comes back when a rule said no."""
        errors = {str(error["field"]): str(error["message"]) for error in refusal.details.get("errors", ())}
        message = "" if errors and isinstance(refusal, InvalidInput) else str(refusal)
        return replace(self, value=None, errors=errors, message=message, status=refusal.status)


async def read_form(
    request: Request, model: type[Value], *, lists: Collection[str] = (), flags: Collection[str] = ()
) -> Typed[Value]:
    """What a posted form means as `model`; `lists` are repeated fields, `flags` single boxes."""
    form = await request.form()
    typed = _typed(form, lists, flags)
    try:
        return Typed(typed, model.model_validate(typed))
    except ValidationError as fault:
        return Typed(typed, errors=sentences(fault), status=422)


def sentences(fault: ValidationError) -> dict[str, str]:
    """One Chinese sentence for each field that does not fit."""
    said: dict[str, str] = {}
    for error in fault.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in error["loc"] if isinstance(part, str)) or "form"
        known = error["msg"] if error["type"] in _OURS else _SENTENCES.get(error["type"], "填写有误。")
        said.setdefault(name, known.format(**error.get("ctx", {})))
    return said


def _typed(form: FormData, lists: Collection[str], flags: Collection[str]) -> dict[str, Any]:
    typed: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str)}
    typed |= {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in lists}
    return typed | {name: name in form for name in flags}
