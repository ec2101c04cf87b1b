"""Pure rules of intake: when an item is complete, where it stands."""

from services.intake.policy.completeness import (
    missing_for_submit,
    unfit_for_draft,
)
from services.intake.policy.hint import PartHint, four_part_hints
from services.intake.policy.status import (
    Step,
    StepNotPossible,
    may_edit,
    next_status,
    next_version,
    status_after_fact,
)
from services.kernel.language.text import clean_line, clean_text

__all__ = [
    "PartHint",
    "Step",
    "StepNotPossible",
    "clean_line",
    "clean_text",
    "four_part_hints",
    "may_edit",
    "missing_for_submit",
    "next_status",
    "next_version",
    "status_after_fact",
    "unfit_for_draft",
]
