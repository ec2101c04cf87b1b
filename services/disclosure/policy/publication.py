"""What stands between a reviewed text and the portal, listed before the button is pressed."""

from services.disclosure.policy.metadata import Metadata, missing_metadata
from services.disclosure.policy.redaction import is_redaction
from services.disclosure.policy.status import InformationStep, next_information_status
from services.kernel.language.field_error import FieldError
from services.kernel.language.vocabulary import (
    DisclosureAttribute,
    InformationStatus,
    ReviewOutcome,
)


def obstacles_to_publishing(
    status: InformationStatus,
    metadata: Metadata,
    *,
    outcome: ReviewOutcome | None,
    reviewed_body: str,
    body: str,
) -> list[FieldError]:
    """Everything that keeps the text from going out; empty if nothing does.

    Args:
        outcome: Decision of the last review, None before the first.
        reviewed_body: The text that the reviewer saw.
    """
    found = missing_metadata(metadata)
    if not body.strip():
        found.append(FieldError("body", "required", "请填写“正文”。"))
    if metadata.attribute is not DisclosureAttribute.PROACTIVE:
        found.append(FieldError("attribute", "not_proactive", "公开属性不是“主动公开”，不能发布。"))
    if status in {InformationStatus.DRAFT, InformationStatus.IN_REVIEW}:
        found.append(FieldError("status", "not_reviewed_yet", "尚未通过保密审查。"))
    elif status is not InformationStatus.APPROVED:
        found.append(FieldError("status", "step_not_possible", f"这条信息{status.label}。"))
    elif outcome is ReviewOutcome.OPEN_AFTER_REDACTION and not is_redaction(reviewed_body, body):
        found.append(FieldError("body", "redaction_missing", "审查意见为“删减后公开”，请先删减正文。"))
    return found


def status_after_edit(
    status: InformationStatus, *, outcome: ReviewOutcome | None, before: str, after: str
) -> InformationStatus:
    """The status after a change of the body: new words need a new review, a redaction does not.

    Raises:
        InformationStepNotPossible: The text is out already; only a correction can change it.
    """
    is_asked_for = status is InformationStatus.APPROVED and outcome is ReviewOutcome.OPEN_AFTER_REDACTION
    if is_asked_for and is_redaction(before, after):
        return status
    return next_information_status(status, InformationStep.EDIT)
