"""Which gaps stop a submission, and which are only pointed out.

What every item must have stops it. The elements of problems and emergencies are pointed out and
asked for by the reviewer: a first report of an emergency goes out with what is known, and a
unit that cannot name the responsible level must still be able to report its problem.
"""

from collections.abc import Iterable

from services.kernel.language.field_error import FieldError
from services.kernel.language.vocabulary.item_fields import FIELD


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
