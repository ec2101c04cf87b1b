"""The fields of a public text as they come in: cleaned, and told what is wrong with them."""

from collections.abc import Mapping
from typing import Any

from services.kernel.language.field_error import FieldError
from services.kernel.language.text import clean_line, clean_text

BODY_LIMIT = 100_000
KEYWORDS_LIMIT = 10
KEYWORD_LIMIT = 30
REASON_LIMIT = 500
OPINION_LIMIT = 2_000

LINES: Mapping[str, tuple[str, int]] = {
    "title": ("标题", 200),
    "document_no": ("发文字号", 100),
    "subject": ("主题分类", 60),
    "genre": ("体裁分类", 60),
    "audience": ("服务对象", 60),
    "source": ("信息来源", 100),
    "responsible_section": ("责任科室", 60),
}
TEXTS: Mapping[str, tuple[str, int]] = {"summary": ("内容概述", 500), "body": ("正文", BODY_LIMIT)}


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with unified line breaks and without control characters; other kinds as they are.

    Raises:
        TextNotEncodable: A lone surrogate is in one of them.
    """
    made = dict(values)
    for name in LINES.keys() & made.keys():
        made[name] = clean_line(made[name] or "")
    for name in TEXTS.keys() & made.keys():
        made[name] = clean_text(made[name] or "")
    if "keywords" in made:
        words = (clean_line(word) for word in made["keywords"] or ())
        made["keywords"] = list(dict.fromkeys(word for word in words if word))
    return made


def faults_in(values: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with cleaned values, whether or not the text is complete yet."""
    found = [
        FieldError(name, "too_long", f"“{label}”最多{limit}字，现有{len(values[name])}字，请删减。")
        for name, (label, limit) in {**LINES, **TEXTS}.items()
        if len(values.get(name) or "") > limit
    ]
    words = values.get("keywords") or []
    if len(words) > KEYWORDS_LIMIT:
        found.append(FieldError("keywords", "too_many", f"关键词最多{KEYWORDS_LIMIT}个，现有{len(words)}个。"))
    if any(len(word) > KEYWORD_LIMIT for word in words):
        found.append(FieldError("keywords", "too_long", f"每个关键词最多{KEYWORD_LIMIT}字，请用“、”隔开。"))
    begins, ends = values.get("effective_on"), values.get("repealed_on")
    if begins and ends and ends < begins:
        found.append(FieldError("repealed_on", "before_start", "废止日期不能早于实施日期。"))
    return found


def missing_in(values: Mapping[str, Any]) -> list[FieldError]:
    """What a new text needs before it is worth keeping."""
    needed = [("title", "标题"), ("body", "正文"), ("category_id", "信息分类")]
    return [
        FieldError(name, "required", f"请填写“{label}”。")
        for name, label in needed
        if not str(values.get(name) or "").strip()
    ]
