"""What is wrong with a field, in one sentence for each kind of fault, with the field's label in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from services.kernel.language.field_error import CHOOSE, MISSING, TOO_LONG, FieldError
from services.kernel.language.vocabulary.item_fields import FIELD

_FROM_LIST = "请从列出的选项中选择{label}。"
_TIME = "{label}请写作 年-月-日 时:分。"
_SENTENCES = {
    "missing": MISSING,
    "empty": MISSING,
    "extra_forbidden": "没有这个字段。",
    "string_too_long": TOO_LONG,
    "string_too_short": MISSING,
    "string_unicode": "{label}含有无法保存的字符，请删去。",
    "too_long": "{label}最多 {max_length} 项。",
    "json_invalid": "不是有效的 JSON。",
    "enum": _FROM_LIST,
    "literal_error": _FROM_LIST,
    "uuid_parsing": CHOOSE,
    "uuid_type": CHOOSE,
    "date_from_datetime_parsing": "{label}请写作 年-月-日。",
    "datetime_from_date_parsing": _TIME,
    "datetime_parsing": _TIME,
    "string_type": "{label}应为文字。",
    "bool_type": "{label}应为是或否。",
    "bool_parsing": "{label}应为是或否。",
    "int_type": "{label}请填整数。",
    "int_parsing": "{label}请填整数。",
    "greater_than_equal": "{label}不能小于 {ge}。",
    "less_than_equal": "{label}不能大于 {le}。",
    "list_type": "{label}应为列表。",
    "tuple_type": "{label}应为列表。",
}


def label_at(kind: Any, where: Sequence[Any]) -> str:
    """What people call this place in a value of `kind`, or what it lies in; empty where nobody is asked for it.

    Args:
        kind: An input model, or a type with one in it.
        where: Names and numbers on the way there, as pydantic gives them.
    """
    label = ""
    for name in where:
        infos = (model.model_fields.get(name) for model in models_in(kind))
        if info := next(filter(None, infos), None):
            label, kind = info.title or (FIELD[name].label if name in FIELD else label), info.annotation
    return label


def error_of(error: Any, name: str, label: str) -> dict[str, str]:
    """One fault that pydantic found, as it stands among the `errors` of a refusal; a validator of ours spoke Chinese."""
    said = "{label}填写有误。" if error["msg"].isascii() else ""
    sentence = _SENTENCES.get(error["type"], said)
    limits = dict(error.get("ctx", {}))
    if error["type"] == "string_too_long":
        limits |= {"limit": limits["max_length"], "length": len(error["input"])}
    return FieldError(name, error["type"], sentence.format(label=label, **limits) or error["msg"]).as_dict()


def models_in(kind: Any) -> Iterator[type[BaseModel]]:
    """The input models that a type is, or has in it."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from models_in(part)
