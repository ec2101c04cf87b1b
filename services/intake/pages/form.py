"""The form an item is written in: what was typed, what it means, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from pydantic import ValidationError
from starlette.datastructures import FormData

from services.intake.model import Submission, SubmissionChange
from services.intake.policy import FIELD
from services.kernel.language.calendar import SHANGHAI
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import InfoType

OFFERED_TYPES = (
    (InfoType.DYNAMIC, "动态", "做了什么、发生了什么，短"),
    (InfoType.EXPERIENCE, "经验", "值得别处照着做的办法"),
    (InfoType.PROBLEM, "问题", "本级解决不了，要上级协调"),
    (InfoType.SUGGESTION, "建议", "给领导的具体主张"),
    (InfoType.RESEARCH, "调研", "长篇，有数据有分析"),
    (InfoType.PUBLIC_OPINION, "社情民意", "群众反映集中的事"),
    (InfoType.EARLY_WARNING, "预警", "还没发生、可能扩大的苗头"),
    (InfoType.ECONOMIC, "经济运行", "指标和走势"),
    (InfoType.INSTRUCTION_FEEDBACK, "批示反馈", "批示之后办得怎样"),
    (InfoType.BRIEF_NOTE, "简讯", "一两句话"),
    (InfoType.WEBSITE_NEWS, "网站信息", "只供门户网站"),
    (InfoType.EMERGENCY, "紧急信息", "先打电话，再书面报"),
)

_TEXTS = (
    "info_type", "title", "body", "author_name", "author_phone", "suggested_attribute",
    *(name for name in FIELD if name not in {"info_type", "title", "body", "author_name", "author_phone"}),
)  # fmt: skip
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

    fields: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    status: int = 200

    def refused(self, refusal: Refusal) -> Self:
        """The form as it comes back when a rule said no."""
        errors = {str(error["field"]): str(error["message"]) for error in refusal.details.get("errors", ())}
        return replace(self, errors=errors, message=str(refusal), status=refusal.status)


def typed_of(form: FormData) -> Typed:
    """What a posted form holds, as typed."""
    fields: dict[str, Any] = {name: str(form[name]) for name in _TEXTS if isinstance(form.get(name), str)}
    fields["non_secret_declared"] = "non_secret_declared" in form
    return Typed(fields)


def typed_from(submission: Submission) -> Typed:
    """The form of an item as it is kept."""
    fields: dict[str, Any] = {
        name: getattr(submission, name)
        for name in ("info_type", "title", "body", "author_name", "author_phone", "suggested_attribute")
    }
    fields |= {name: _shown(name, value) for name, value in submission.details.items()}
    fields["non_secret_declared"] = submission.non_secret_declared
    return Typed(fields)


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
    if isinstance(value, bool):
        return value
    text = str(value).strip()
    kind = FIELD[name].kind if name in FIELD else "code"
    if not text and kind not in {"text", "line", "phone"}:
        return None
    if kind == "count":
        return int(text) if text.isdecimal() and len(text) < 20 else text
    return _with_zone(text) if kind == "time" else value


def _with_zone(text: str) -> str:
    """A time from a form has no zone: it is Asia/Shanghai's."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).isoformat()


def _shown(name: str, value: Any) -> Any:
    if name in FIELD and FIELD[name].kind == "time":
        return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    return "、".join(value) if isinstance(value, list) else value
