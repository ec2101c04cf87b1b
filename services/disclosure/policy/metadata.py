"""The metadata header (目录元数据): what must be known of a text, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.disclosure.policy.fields import LABELS
from services.kernel.language.calendar import local_date, zh_day
from services.kernel.language.field_error import FieldError, missing, too_long
from services.kernel.language.vocabulary import DisclosureAttribute, Validity, Word

_HEADER = (
    "index_no", "category_name", "subject", "genre", "audience", "publisher_name", "formed_on", "title", "document_no",
    "published_at", "effective_on", "repealed_on", "validity", "keywords", "summary", "source",
)  # fmt: skip
"""The rows of the header, in the usual order."""


@dataclass(frozen=True)
class Metadata:
    """Catalogue metadata of one text; empty where it is not known or does not apply."""

    title: str
    publisher_name: str
    category_name: str
    formed_on: date | None
    attribute: DisclosureAttribute = DisclosureAttribute.PROACTIVE
    category_id: str = ""
    index_no: str | None = None
    published_at: datetime | None = None
    document_no: str = ""
    summary: str = ""
    subject: str = ""
    genre: str = ""
    audience: str = ""
    keywords: Sequence[str] = ()
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
    rows = [HeaderRow(name, LABELS[name], _text(getattr(metadata, name))) for name in _HEADER]
    return [row for row in rows if row.text]


def missing_metadata(metadata: Metadata, *, summary_limit: int) -> list[FieldError]:
    """What the catalogue still needs before publication, apart from index number and date.

    Args:
        summary_limit: Characters, by the rules of the node.
    """
    required = {
        "title": metadata.title.strip(),
        "publisher_org_id": metadata.publisher_name.strip(),
        "category_id": metadata.category_name.strip(),
        "formed_on": metadata.formed_on,
        "validity": metadata.validity or not metadata.is_normative,
    }
    found = [missing(name, LABELS[name]) for name, value in required.items() if not value]
    fault = too_long("summary", LABELS["summary"], len(metadata.summary), summary_limit)
    return [*found, fault] if fault else found


def _text(value: Any) -> str:
    """A field as it is printed."""
    if isinstance(value, datetime):
        value = local_date(value)
    if isinstance(value, date):
        return zh_day(value)
    if isinstance(value, Word):
        return value.label
    return str(value or "") if isinstance(value, str | None) else "、".join(value)
