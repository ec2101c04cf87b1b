"""Pure rules of disclosure: what may become public, by when, under which number, seen by whom."""

from services.disclosure.policy.category import Category, CategorySet, Limit
from services.disclosure.policy.deadline import DueDates, due_dates
from services.disclosure.policy.index_number import (
    NATIONAL_TEMPLATE,
    IndexCodeIsMissing,
    IndexCodes,
    IndexTemplate,
    IndexTemplateIsInvalid,
    keeps_number,
    marked_as_double,
)
from services.disclosure.policy.metadata import HeaderRow, Metadata, header_rows, missing_metadata
from services.disclosure.policy.publication import obstacles_to_publishing
from services.disclosure.policy.scan import (
    Finding,
    SensitiveWords,
    is_id_card_number,
    scan_text,
)
from services.disclosure.policy.status import (
    GroundIsMissing,
    InformationStep,
    InformationStepNotPossible,
    NotReviewedYet,
    ReviewerIsPreparer,
    TypeNotDisclosable,
    attribute_after_review,
    decide_review,
    may_disclose,
    may_edit,
    may_publish,
    may_review,
    may_revoke,
    may_send_to_review,
    next_information_status,
    status_after_review,
)

__all__ = [
    "NATIONAL_TEMPLATE",
    "Category",
    "CategorySet",
    "DueDates",
    "Finding",
    "GroundIsMissing",
    "HeaderRow",
    "IndexCodeIsMissing",
    "IndexCodes",
    "IndexTemplate",
    "IndexTemplateIsInvalid",
    "InformationStep",
    "InformationStepNotPossible",
    "Limit",
    "Metadata",
    "NotReviewedYet",
    "ReviewerIsPreparer",
    "SensitiveWords",
    "TypeNotDisclosable",
    "attribute_after_review",
    "decide_review",
    "due_dates",
    "header_rows",
    "is_id_card_number",
    "keeps_number",
    "marked_as_double",
    "may_disclose",
    "may_edit",
    "may_publish",
    "may_review",
    "may_revoke",
    "may_send_to_review",
    "missing_metadata",
    "next_information_status",
    "obstacles_to_publishing",
    "scan_text",
    "status_after_review",
]
