"""The metadata header (目录元数据): what must be known of a text, and how it is shown."""

from dataclasses import dataclass
from datetime import date, datetime

from services.kernel.language.calendar import local_date
from services.kernel.language.field_error import FieldError
from services.kernel.language.vocabulary import DisclosureAttribute, Validity


@dataclass(frozen=True)
class Metadata:
    """Catalogue metadata of one text; empty where it is not known or does not apply."""

    title: str
    publisher_name: str
    category_name: str
    formed_on: date | None
    attribute: DisclosureAttribute
    index_no: str = ""
    published_at: datetime | None = None
    document_no: str = ""
    summary: str = ""
    subject: str = ""
    genre: str = ""
    audience: str = ""
    keywords: tuple[str, ...] = ()
    is_normative: bool = False
    effective_on: date | None = None
    repealed_on: date | None = None
    validity: Validity | None = None
    source: str = ""


@dataclass(frozen=True)
class HeaderRow:
    """One line of the header: identifier, label, text."""

    field: str
    label: str
    text: str


def header_rows(metadata: Metadata) -> list[HeaderRow]:
    """The header as a reader sees it, in the usual order; optional rows only if filled."""
    published_on = local_date(metadata.published_at) if metadata.published_at else None
    rows = [
        HeaderRow("index_no", "索引号", metadata.index_no),
        HeaderRow("category_name", "信息分类", metadata.category_name),
        HeaderRow("subject", "主题分类", metadata.subject),
        HeaderRow("genre", "体裁分类", metadata.genre),
        HeaderRow("audience", "服务对象", metadata.audience),
        HeaderRow("publisher_name", "发文机关", metadata.publisher_name),
        HeaderRow("formed_on", "成文日期", _zh(metadata.formed_on)),
        HeaderRow("title", "标题", metadata.title),
        HeaderRow("document_no", "发文字号", metadata.document_no),
        HeaderRow("published_at", "发布日期", _zh(published_on)),
        HeaderRow("effective_on", "实施日期", _zh(metadata.effective_on)),
        HeaderRow("repealed_on", "废止日期", _zh(metadata.repealed_on)),
        HeaderRow("validity", "有效性", metadata.validity.label if metadata.validity else ""),
        HeaderRow("keywords", "关键词", "、".join(metadata.keywords)),
        HeaderRow("summary", "内容概述", metadata.summary),
        HeaderRow("source", "信息来源", metadata.source),
    ]
    return [row for row in rows if row.text]


def missing_metadata(metadata: Metadata, *, summary_limit: int = 300) -> list[FieldError]:
    """What the catalogue still needs before publication, apart from index number and date.

    Args:
        summary_limit: Characters; offices disagree between 100 and 500.
    """
    required = [
        ("title", "标题", metadata.title.strip()),
        ("publisher_org_id", "发文机关", metadata.publisher_name.strip()),
        ("category_id", "信息分类", metadata.category_name.strip()),
        ("formed_on", "成文日期", metadata.formed_on),
    ]
    if metadata.is_normative:
        required.append(("validity", "有效性", metadata.validity))
    found = [FieldError(field, "required", f"请填写“{label}”。") for field, label, value in required if not value]
    if len(metadata.summary) > summary_limit:
        sentence = f"“内容概述”最多{summary_limit}字，现有{len(metadata.summary)}字，请删减。"
        found.append(FieldError("summary", "too_long", sentence))
    return found


def _zh(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
