"""What may be written into an edition, a question or a reason, and what is refused."""

from __future__ import annotations

from services.kernel.language.field_error import unfit
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.text import clean_line, clean_text
from services.kernel.language.vocabulary.item_fields import FIELD

SENTENCE_LIMIT = 2_000
ANSWER_LIMIT = 5_000
ALONE_LIMIT = 500
NAME_LIMIT = 60


def edition_texts(title: str, body: str) -> tuple[str, str]:
    """Title and body of an edition, cleaned.

    Raises:
        InvalidInput: One is empty or too long; `errors` names the fields.
    """
    title, body = clean_line(title), clean_text(body)
    errors = [
        unfit(name, FIELD[name].label, text, FIELD[name].limit) for name, text in (("title", title), ("body", body))
    ]
    if any(errors):
        raise InvalidInput(errors=[error.as_dict() for error in errors if error])
    return title, body


def sentence(field: str, name: str, text: str, *, limit: int = SENTENCE_LIMIT) -> str:
    """A question, an answer or a reason, cleaned.

    Raises:
        InvalidInput: It is empty or too long.
    """
    cleaned = clean_text(text).strip()
    if fault := unfit(field, name, cleaned, limit):
        raise InvalidInput(fault.message, errors=[fault.as_dict()])
    return cleaned


def clean_reason(field: str, name: str, text: str, *, is_required: bool) -> str:
    """A reason that may be left out unless the chosen code says nothing by itself.

    Raises:
        InvalidInput: It is needed and empty, or too long.
    """
    return sentence(field, name, text) if is_required or text.strip() else ""
