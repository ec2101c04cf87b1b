"""Pure rules of intake: when an item is complete, where it stands, what it resembles."""

from services.intake.policy.completeness import (
    is_plausible_phone,
    missing_for_submit,
    unfit_for_draft,
)
from services.intake.policy.hint import PartHint, four_part_hints
from services.intake.policy.likeness import (
    Likeness,
    bigrams,
    differing_figures,
    likeness_ratio,
    near_duplicates,
)
from services.intake.policy.status import (
    Step,
    StepNotPossible,
    may_edit,
    may_request_withdrawal,
    may_submit,
    next_status,
    next_version,
    status_after_fact,
)
from services.kernel.language.text import clean_line, clean_text

__all__ = [
    "Likeness",
    "PartHint",
    "Step",
    "StepNotPossible",
    "bigrams",
    "clean_line",
    "clean_text",
    "differing_figures",
    "four_part_hints",
    "is_plausible_phone",
    "likeness_ratio",
    "may_edit",
    "may_request_withdrawal",
    "may_submit",
    "missing_for_submit",
    "near_duplicates",
    "next_status",
    "next_version",
    "status_after_fact",
    "unfit_for_draft",
]
