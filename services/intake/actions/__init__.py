"""What can be done with an item, one function per verb, in the caller's transaction."""

from services.intake.actions.attaching import MOST_ATTACHMENTS, attach_file, remove_attachment, require_attachable
from services.intake.actions.drafting import (
    change_draft,
    copy_submission,
    create_draft,
    discard_draft,
    restore_draft,
)
from services.intake.actions.reading import open_submission
from services.intake.actions.submitting import submit, what_is_advised, what_is_missing
from services.intake.actions.uploading import read_document
from services.intake.policy.refusals import (
    BodyTooLong,
    SubmissionIncomplete,
    SubmissionNotEditable,
    TooManyAttachments,
)

__all__ = [
    "MOST_ATTACHMENTS",
    "BodyTooLong",
    "SubmissionIncomplete",
    "SubmissionNotEditable",
    "TooManyAttachments",
    "attach_file",
    "change_draft",
    "copy_submission",
    "create_draft",
    "discard_draft",
    "open_submission",
    "read_document",
    "remove_attachment",
    "require_attachable",
    "restore_draft",
    "submit",
    "what_is_advised",
    "what_is_missing",
]
