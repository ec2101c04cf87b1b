"""What is missing before an item may be submitted, and what does not fit even in a draft."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.kernel.language.field_error import FieldError, missing, too_long
from services.kernel.language.particulars import fields_of, is_blank, lacks
from services.kernel.language.phones import is_phone
from services.kernel.language.vocabulary import InfoType
from services.kernel.language.vocabulary.item_fields import FIELD, FIELDS, Field, Kind


def missing_for_submit(draft: Mapping[str, Any]) -> list[FieldError]:
    """Everything that stands in the way of submitting, in the order of the form; empty if nothing.

    Args:
        draft: Values by field name; a field that is absent, None or blank counts as missing.
    """
    unfit = {error.field: error for error in unfit_for_draft(draft)}
    info_type = None if "info_type" in unfit else _info_type(draft)
    found = [unfit.get(field.name) or _missing(field, draft, info_type) for field in FIELDS]
    return [error for error in found if error] + _contradictions(draft, info_type)


def unfit_for_draft(fields: Mapping[str, Any]) -> list[FieldError]:
    """What cannot be kept even in a draft: too long, an unknown code, not a number."""
    found = [_unfit(FIELD[name], value) for name, value in fields.items() if name in FIELD and not is_blank(value)]
    return [error for error in found if error]


def _info_type(draft: Mapping[str, Any]) -> InfoType | None:
    code = draft.get("info_type")
    return InfoType(code) if isinstance(code, str) and code.strip() else None


def _missing(field: Field, draft: Mapping[str, Any], info_type: InfoType | None) -> FieldError | None:
    value = draft.get(field.name)
    if field.kind is Kind.DECLARATION and field.is_needed_by(info_type) and value is not True:
        return FieldError(field.name, "not_declared", "请确认本件不涉及国家秘密和工作秘密。")
    if lacks(field, draft, info_type):
        return missing(field.name, field.label, is_chosen=field.kind in {Kind.CODE, Kind.TIME})
    if field.kind is Kind.PHONE and not is_blank(value) and not is_phone(str(value)):
        return FieldError(field.name, "implausible_phone", f"“{field.label}”不像电话号码，请核对。")
    return None


def _unfit(field: Field, value: Any) -> FieldError | None:
    if field.kind is Kind.DECLARATION:
        return None if isinstance(value, bool) else _wrong_kind(field, "应为“是”或“否”")
    if field.kind.is_number:
        return _unfit_number(field, value)
    if field.kind is Kind.TIME:
        return None if _instant(value) else _wrong_kind(field, "应为日期和时间")
    if field.kind in {Kind.LIST, Kind.PEOPLE, Kind.UNITS}:
        return _unfit_list(field, value)
    if not isinstance(value, str):
        return _wrong_kind(field, "应为文字")
    if field.words is None:
        return too_long(field.name, field.label, len(value), field.limit)
    if value not in set(field.words):
        return FieldError(field.name, "unknown_code", f"“{field.label}”的取值不在可选范围内，请重新选择。")
    return None


def _unfit_number(field: Field, value: Any) -> FieldError | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return _wrong_kind(field, "应为数字")
    if not 0 <= value <= field.limit:
        return FieldError(field.name, "out_of_range", f"“{field.label}”应在0到{field.limit}之间。")
    return None


def _unfit_list(field: Field, value: Any) -> FieldError | None:
    if not isinstance(value, list | tuple):
        return _wrong_kind(field, "应为若干条文字")
    if field.kind in {Kind.PEOPLE, Kind.UNITS}:
        return None  # each is judged by the input's own model
    if not all(isinstance(part, str) for part in value):
        return _wrong_kind(field, "应为若干条文字")
    return too_long(field.name, field.label, sum(map(len, value)), field.limit)


def _instant(value: Any) -> datetime | None:
    """An instant with its zone, also from the text in which a form or JSON column keeps it."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def _wrong_kind(field: Field, should_be: str) -> FieldError:
    return FieldError(field.name, "wrong_kind", f"“{field.label}”{should_be}。")


def _contradictions(draft: Mapping[str, Any], info_type: InfoType | None) -> list[FieldError]:
    """What is filled in but cannot be true together: a time before the one that it follows."""
    found = []
    for field in fields_of(info_type) if info_type else ():
        later, earlier = _instant(draft.get(field.name)), _instant(draft.get(field.not_before))
        if later and earlier and later < earlier:
            first = FIELD[field.not_before]
            code = f"before_{first.name.removesuffix('_at')}"
            found.append(FieldError(field.name, code, f"“{field.label}”早于“{first.label}”，请核对。"))
    return found
