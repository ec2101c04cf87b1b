"""What may be written into an edition, a question or a reason, and what is refused."""

from __future__ import annotations

from services.kernel.language.field_error import FieldError
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.text import clean_line, clean_text

TITLE_LIMIT = 200
BODY_LIMIT = 100_000
SENTENCE_LIMIT = 2_000


def edition_texts(title: str, body: str) -> tuple[str, str]:
    """Title and body of an edition, cleaned.

    Raises:
        InvalidInput: One is empty or too long; `errors` names the fields.
    """
    title, body = clean_line(title), clean_text(body)
    errors = [*_wrong("title", "标题", title, TITLE_LIMIT), *_wrong("body", "正文", body, BODY_LIMIT)]
    if errors:
        raise InvalidInput(errors=[error.as_dict() for error in errors])
    return title, body


def sentence(field: str, name: str, text: str, *, limit: int = SENTENCE_LIMIT) -> str:
    """A question, an answer or a reason, cleaned.

    Raises:
        InvalidInput: It is empty or too long.
    """
    cleaned = clean_text(text).strip()
    if errors := _wrong(field, name, cleaned, limit):
        raise InvalidInput(errors[0].message, errors=[error.as_dict() for error in errors])
    return cleaned


def _wrong(field: str, name: str, text: str, limit: int) -> list[FieldError]:
    if not text:
        return [FieldError(field, "required", f"请填写{name}。")]
    if len(text) > limit:
        return [FieldError(field, "too_long", f"{name}不能超过 {limit:,} 个字，现在有 {len(text):,} 个字。")]
    return []


def clean_reason(field: str, name: str, text: str, *, is_required: bool) -> str:
    """A reason that may be left out unless the chosen code says nothing by itself.

    Raises:
        InvalidInput: It is needed and empty, or too long.
    """
    return sentence(field, name, text) if is_required or text.strip() else ""
