"""Rules kept as data: YAML text into a checked model, or a Chinese list of what is wrong where."""

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import Refusal

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
    "model_type": "应为若干“名称: 取值”",
}


class RuleFileIsInvalid(Refusal):
    """规则文件有误，未予采用。"""

    status = 422
    code = "rule_file_invalid"
    message = "规则文件有误，未予采用。"

    def __init__(self, errors: list[FieldError]) -> None:
        sentences = "；".join(f"{error.field}：{error.message}" for error in errors)
        super().__init__(f"规则文件有误，未予采用。{sentences}", errors=[error.as_dict() for error in errors])
        self.errors = errors


def read_rules(text: str, model: type[Rules]) -> Rules:
    """Read and check a rule file.

    Raises:
        RuleFileIsInvalid: Names every row (by its `id` or `code`) and field that is wrong.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RuleFileIsInvalid([FieldError("文件", "yaml", _where(error))]) from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise RuleFileIsInvalid(
            [FieldError(_path(data, found["loc"]), found["type"], _message(found)) for found in error.errors()]
        ) from error


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"第{mark.line + 1}行不是有效的 YAML" if mark else "不是有效的 YAML"


def _path(data: Any, loc: tuple[int | str, ...]) -> str:
    """Name rows by their own id, as the author of the file knows them, not by position."""
    names: list[str] = []
    for step in loc:
        data = _enter(data, step)
        row = data if isinstance(step, int) and isinstance(data, dict) else {}
        names.append(str(row.get("id") or row.get("code") or _position(step)))
    return " › ".join(names) or "文件"


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
    sentence = _MESSAGES.get(found["type"], "不符合要求")
    allowed = found.get("ctx", {}).get("expected")
    return f"{sentence}（{str(allowed).replace(' or ', '、')}）" if allowed else sentence
