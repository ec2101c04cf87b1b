"""The fields of a public text as they come in: cleaned, and told what is wrong with them."""

from collections.abc import Mapping
from typing import Any

from services.kernel.language.field_error import FieldError, missing, too_long
from services.kernel.language.text import clean_line, clean_text
from services.kernel.language.vocabulary.item_fields import FIELD

BODY_LIMIT = FIELD["body"].limit
KEYWORDS_LIMIT = 10
KEYWORD_LIMIT = 30
REASON_LIMIT = 500
OPINION_LIMIT = 2_000

LABELS: Mapping[str, str] = {
    "index_no": "索引号", "category_id": "信息分类", "category_name": "信息分类", "subject": "主题分类",
    "genre": "体裁分类", "audience": "服务对象", "publisher_org_id": "发文机关", "publisher_name": "发文机关",
    "formed_on": "成文日期", "title": "标题", "document_no": "发文字号", "published_at": "发布日期",
    "effective_on": "实施日期", "repealed_on": "废止日期", "validity": "有效性", "keywords": "关键词",
    "summary": "内容概述", "source": "信息来源", "attribute": "公开属性", "responsible_section": "责任科室",
    "is_normative": "这是规范性文件", "body": "正文", "outcome": "审查结论", "opinion": "审查意见",
    "ground": "不予公开的理由", "points": "已核对的事项", "doubts": "不能确认的事项", "passages": "要删减的内容",
    "reason": "撤销原因", "origin_id": "原稿",
}  # fmt: skip
"""What each field is called, in the form, in a refusal, and in the header on the portal."""
LINES: Mapping[str, int] = {
    "title": 200, "document_no": 100, "subject": 60, "genre": 60, "audience": 60, "source": 100,
    "responsible_section": 60,
}  # fmt: skip
"""The most characters of what stands on one line, and of what may have several."""
TEXTS: Mapping[str, int] = {"body": BODY_LIMIT}


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with unified line breaks and without control characters; other kinds as they are.

    Raises:
        TextNotEncodable: A lone surrogate is in one of them.
    """
    made = dict(values)
    for name in LINES.keys() & made.keys():
        made[name] = clean_line(made[name] or "")
    for name in {*TEXTS, "summary"} & made.keys():
        made[name] = clean_text(made[name] or "")
    if "keywords" in made:
        words = (clean_line(word) for word in made["keywords"] or ())
        made["keywords"] = list(dict.fromkeys(word for word in words if word))
    return made


def faults_in(values: Mapping[str, Any], *, summary_limit: int) -> list[FieldError]:
    """What is wrong with cleaned values, whether or not the text is complete yet; the node's rules limit a summary."""
    found = [
        fault
        for name, limit in {**LINES, **TEXTS, "summary": summary_limit}.items()
        if (fault := too_long(name, LABELS[name], len(values.get(name) or ""), limit))
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
    needed = ("title", "body", "category_id")
    return [missing(name, LABELS[name]) for name in needed if not str(values.get(name) or "").strip()]
