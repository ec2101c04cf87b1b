"""What stands in the way of writing on an item: the reason a button shows is the refusal the action gives."""

from services.intake.policy.refusals import SubmissionNotDiscardable, SubmissionNotEditable
from services.intake.policy.status import may_edit
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import IntakeStatus


def editing_blocker(status: IntakeStatus) -> Refusal | None:
    """What stands in the way of changing text, fields and attachments."""
    return None if may_edit(status) else SubmissionNotEditable()


def discarding_blocker(status: IntakeStatus, version: int) -> Refusal | None:
    """What stands in the way of throwing the draft away: one that was submitted before stays."""
    return None if status is IntakeStatus.DRAFT and version == 1 else SubmissionNotDiscardable()
