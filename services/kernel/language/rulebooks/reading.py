"""A rule text into a checked model, or a Chinese list of what is wrong where."""

from __future__ import annotations

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from services.kernel.language.rulebooks.invalid import MOST_ERRORS, WHOLE, LineError, RuleFileIsInvalid
from services.kernel.language.rulebooks.loading import load_text

Rules = TypeVar("Rules", bound=BaseModel)

_MESSAGES = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这一项，请检查拼写",
    "enum": "取值不在允许的范围内",
    "literal_error": "取值不在允许的范围内",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "string_type": "应为文字，数字请加引号",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "格式不符合要求",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "model_type": "应为若干“名称: 取值”",
    "dict_type": "应为若干“名称: 取值”",
    "date_type": "不符合要求，应为日期，如 2026-11-01",
    "date_from_datetime_parsing": "不符合要求，应为日期，如 2026-11-01",
    "finite_number": "应为有限的数字",
}
_LIMITS = {
    "ge": "不符合要求，不能小于 {}",
    "gt": "不符合要求，要大于 {}",
    "le": "不符合要求，不能大于 {}",
    "lt": "不符合要求，要小于 {}",
    "max_length": "不符合要求，不能超过 {} 个",
}


def read_rules(text: str, model: type[Rules]) -> Rules:
    """Read and check a rule text that anybody may have written.

    Raises:
        RuleFileIsInvalid: Names every row (by its `id` or `code`), field and line that is wrong.
    """
    loaded = load_text(text)
    try:
        return model.model_validate(loaded.data)
    except ValidationError as error:
        raise RuleFileIsInvalid(
            [
                LineError(
                    _path(loaded.data, found["loc"]), found["type"], _message(found), loaded.line_of(found["loc"])
                )
                for found in error.errors()[:MOST_ERRORS]
            ]
        ) from error


def read_kept(text: str, model: type[Rules]) -> Rules:
    """Read a text that was found to be right when it was kept; once for each text."""
    known = _known.get((model, text))
    if known is None:
        known = model.model_validate(yaml.safe_load(text))
        remember(text, known)
    assert isinstance(known, model)
    return known


def remember(text: str, rules: BaseModel) -> None:
    """Spare the reader of a kept text the reading."""
    while len(_known) >= _MOST_KNOWN:
        del _known[next(iter(_known))]
    _known[type(rules), text] = rules


_MOST_KNOWN = 128
_known: dict[tuple[type[BaseModel], str], BaseModel] = {}


def _path(data: Any, loc: tuple[int | str, ...]) -> str:
    """Name rows by their own id, as the author of the file knows them, not by position."""
    names: list[str] = []
    for step in loc:
        data = _enter(data, step)
        row = data if isinstance(step, int) and isinstance(data, dict) else {}
        names.append(str(row.get("id") or row.get("code") or _position(step)))
    return " › ".join(names) or WHOLE


def _enter(data: Any, step: int | str) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _position(step: int | str) -> str:
    return f"第{step + 1}条" if isinstance(step, int) else step


def _message(found: Any) -> str:
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    context = found.get("ctx", {})
    limit = next((said.format(context[name]) for name, said in _LIMITS.items() if name in context), "不符合要求")
    sentence, allowed = _MESSAGES.get(found["type"], limit), context.get("expected")
    return f"{sentence}（{str(allowed).replace(' or ', '、')}）" if allowed else sentence
