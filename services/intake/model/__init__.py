"""Tables of intake, and the inputs from which their rows are made."""

from services.intake.model.inputs import SubmissionChange
from services.intake.model.tables import (
    METADATA,
    Attachment,
    EditionCopy,
    HistoryRow,
    Question,
    Submission,
)

__all__ = [
    "METADATA",
    "Attachment",
    "EditionCopy",
    "HistoryRow",
    "Question",
    "Submission",
    "SubmissionChange",
]
