"""What stands between a reviewed text and the portal, listed before the button is pressed."""

from services.disclosure.policy.fields import LABELS
from services.disclosure.policy.metadata import Metadata, missing_metadata
from services.kernel.language.field_error import FieldError, missing
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
    body: str,
    summary_limit: int,
) -> list[FieldError]:
    """Everything that keeps the text from going out; empty if nothing does.

    Args:
        outcome: Decision of the last review, None before the first.
    """
    found = missing_metadata(metadata, summary_limit=summary_limit)
    if not body.strip():
        found.append(missing("body", LABELS["body"]))
    if metadata.attribute is not DisclosureAttribute.PROACTIVE:
        found.append(FieldError("attribute", "not_proactive", "公开属性不是“主动公开”，不能发布。"))
    if status in {InformationStatus.DRAFT, InformationStatus.IN_REVIEW}:
        found.append(FieldError("status", "not_reviewed_yet", "尚未通过保密审查。"))
    elif status is not InformationStatus.APPROVED:
        found.append(FieldError("status", "step_not_possible", f"这条信息{status.label}。"))
    elif outcome is ReviewOutcome.OPEN_AFTER_REDACTION:
        said = "审查意见为“删减后公开”，请先删减正文；删减后由保密审查人员确认。"
        found.append(FieldError("body", "redaction_missing", said))
    return found
