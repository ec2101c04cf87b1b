"""What is wrong with a field, in one sentence for each kind of fault, with the field's label in it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from services.kernel.language.field_error import FieldError
from services.kernel.language.vocabulary.item_fields import FIELD

_CHOOSE = "请从列出的选项中选择{label}。"
_TIME = "{label}请写作 年-月-日 时:分。"
_SENTENCES = {
    "missing": "请填写{label}。",
    "empty": "请填写{label}。",
    "extra_forbidden": "没有这个字段。",
    "string_too_long": "{label}最多 {max_length} 字。",
    "string_too_short": "请填写{label}。",
    "string_unicode": "{label}含有无法保存的字符，请删去。",
    "too_long": "{label}最多 {max_length} 项。",
    "json_invalid": "不是有效的 JSON。",
    "enum": _CHOOSE,
    "literal_error": _CHOOSE,
    "uuid_parsing": "请选择{label}。",
    "uuid_type": "请选择{label}。",
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


def label_in(model: type[BaseModel], name: str) -> str:
    """What people call a field of `model`; empty where nobody is asked for it."""
    info = model.model_fields.get(name)
    return (info.title if info else None) or label_of(name)


def label_of(name: str) -> str:
    """What people call a field of an item; empty for any other."""
    return FIELD[name].label if name in FIELD else ""


def error_of(error: Any, name: str, label: str) -> dict[str, str]:
    """One fault that pydantic found, as it stands among the `errors` of a refusal; a validator of ours spoke Chinese."""
    said = "{label}填写有误。" if error["msg"].isascii() else ""
    sentence = _SENTENCES.get(error["type"], said)
    message = sentence.format(label=label, **error.get("ctx", {})) or error["msg"]
    return FieldError(name, error["type"], message).as_dict()
