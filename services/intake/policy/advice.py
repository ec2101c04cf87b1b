"""Which gaps stop a submission, and what is only pointed out.

What every item must have stops it. The elements of problems and emergencies are pointed out and
asked for by the reviewer: a first report of an emergency goes out with what is known, and a
unit that cannot name the responsible level must still be able to report its problem.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.kernel.language.field_error import FieldError
from services.kernel.language.sensitive import KIND_LABELS, find_sensitive
from services.kernel.language.vocabulary.item_fields import CONTACTS, FIELD, FIELDS, Kind

_READ = frozenset({Kind.TEXT, Kind.PLACE, Kind.LINE})


def stops_submission(error: FieldError) -> bool:
    """Whether this gap stands in the way of submitting."""
    field = FIELD.get(error.field)
    return error.code != "required" or field is None or field.is_for_every_type


def blockers(errors: Iterable[FieldError]) -> list[FieldError]:
    """The gaps that stop a submission, in their order."""
    return [error for error in errors if stops_submission(error)]


def advice(errors: Iterable[FieldError]) -> list[FieldError]:
    """The gaps that are only pointed out, in their order."""
    return [error for error in errors if not stops_submission(error)]


def sensitive(values: Mapping[str, Any]) -> list[FieldError]:
    """Personal data and secrecy marks that stand in a text, a line for each field; the contact's own number is known."""
    phones = [str(values.get(name) or "") for name in CONTACTS]
    lines = []
    for field in (field for field in FIELDS if field.kind in _READ and not field.is_contact):
        found = find_sensitive(str(values.get(field.name) or ""), known_phones=phones)
        if found:
            kinds = "、".join(dict.fromkeys(f"{KIND_LABELS[one.kind]} {one.masked}" for one in found[:3]))
            more = f"等 {len(found)} 处" if len(found) > 3 else ""
            text = f"“{field.label}”里有{kinds}{more}，请核对该不该写。"
            lines.append(FieldError(field.name, "sensitive", text))
    return lines
