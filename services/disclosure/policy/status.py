"""From draft to portal: what may happen to a public text, and by whom.

draft ─send─▶ in_review ─open─▶ approved ─publish─▶ published ─correct─▶ corrected
  ▲               │                 │                   └──────revoke──┬───┘
  └─closed, back──┴────edit─────────┘                               revoked
"""

from enum import StrEnum

from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import (
    DisclosureAttribute,
    InformationStatus,
    InfoType,
    NonDisclosureGround,
    ReviewOutcome,
)


class TypeNotDisclosable(Refusal):
    """这一类型的信息不对外公开。"""

    status = 409
    code = "type_not_disclosable"
    message = "这一类型的信息不对外公开。"


class ReviewerIsPreparer(Refusal):
    """拟写或修改过的人不能审查。"""

    status = 409
    code = "reviewer_is_preparer"
    message = "您拟写或修改过这条信息，须由其他人员审查。"


class GroundIsMissing(Refusal):
    """不予公开须注明法定理由。"""

    status = 409
    code = "ground_missing"
    message = "不予公开须注明法定理由。"


class NotReviewedYet(Refusal):
    """尚未通过保密审查，不能发布。"""

    status = 409
    code = "not_reviewed_yet"
    message = "尚未通过保密审查，不能发布。"


class InformationStepNotPossible(Refusal):
    """这条信息现在不能这样办理。"""

    status = 409
    code = "step_not_possible"
    message = "这条信息现在不能这样办理。"


class InformationStep(StrEnum):
    """What someone does with a public text; the review has its own function."""

    SEND_TO_REVIEW = "send_to_review"
    EDIT = "edit"
    PUBLISH = "publish"
    CORRECT = "correct"
    REVOKE = "revoke"


class Deed(StrEnum):
    """What a line of a text's history says was done; the value is kept and read by officers."""

    PREPARED = "拟稿"
    CHANGED = "修改"
    FILE_ADDED = "添加附件"
    FILE_REMOVED = "移除附件"
    SENT_TO_REVIEW = "送保密审查"
    REVIEWED = "保密审查"
    PUBLISHED = "发布"
    REVOKED = "撤销"


_S, _STEP = InformationStatus, InformationStep

TRANSITIONS: dict[InformationStatus, dict[InformationStep, InformationStatus]] = {
    _S.DRAFT: {_STEP.EDIT: _S.DRAFT, _STEP.SEND_TO_REVIEW: _S.IN_REVIEW},
    _S.IN_REVIEW: {_STEP.EDIT: _S.IN_REVIEW},
    _S.APPROVED: {_STEP.EDIT: _S.IN_REVIEW, _STEP.PUBLISH: _S.PUBLISHED},
    _S.PUBLISHED: {_STEP.CORRECT: _S.CORRECTED, _STEP.REVOKE: _S.REVOKED},
    _S.CORRECTED: {_STEP.CORRECT: _S.CORRECTED, _STEP.REVOKE: _S.REVOKED},
    _S.REVOKED: {},
}


def may_disclose(info_type: InfoType) -> bool:
    """Whether an internal item of this type may be prepared for the public."""
    return info_type.is_disclosable


def next_information_status(status: InformationStatus, step: InformationStep) -> InformationStatus:
    """The status after a step; editing an approved text takes the approval away.

    Raises:
        NotReviewedYet: Publication before the review has passed.
        InformationStepNotPossible: The step does not exist from here.
    """
    if step is _STEP.PUBLISH and status in {_S.DRAFT, _S.IN_REVIEW}:
        raise NotReviewedYet
    try:
        return TRANSITIONS[status][step]
    except KeyError:
        raise InformationStepNotPossible(f"这条信息{status.label}，现在不能这样办理。") from None


def status_after_review(outcome: ReviewOutcome) -> InformationStatus:
    """Where the reviewer's decision leads: out, back to the preparer, or on waiting."""
    if outcome.permits_publication:
        return InformationStatus.APPROVED
    return InformationStatus.IN_REVIEW if outcome is ReviewOutcome.REFER else InformationStatus.DRAFT


def attribute_after_review(outcome: ReviewOutcome, attribute: DisclosureAttribute) -> DisclosureAttribute:
    """The disclosure attribute that the reviewer's decision leaves."""
    if outcome is ReviewOutcome.ON_REQUEST:
        return DisclosureAttribute.ON_REQUEST
    return DisclosureAttribute.NOT_OPEN if outcome is ReviewOutcome.NOT_OPEN else attribute


def may_edit(status: InformationStatus) -> bool:
    """Whether title, body and metadata can be changed; afterwards only a correction can."""
    return InformationStep.EDIT in TRANSITIONS[status]


def may_send_to_review(status: InformationStatus, attribute: DisclosureAttribute) -> bool:
    """Whether the text can go to the reviewer: only what is meant for everybody."""
    is_proactive = attribute is DisclosureAttribute.PROACTIVE
    return is_proactive and InformationStep.SEND_TO_REVIEW in TRANSITIONS[status]


def may_review(status: InformationStatus) -> bool:
    """Whether the text waits for a decision."""
    return status is InformationStatus.IN_REVIEW


def may_publish(status: InformationStatus, attribute: DisclosureAttribute) -> bool:
    """Whether the text may go out; the publisher may be its preparer, never its own reviewer."""
    is_proactive = attribute is DisclosureAttribute.PROACTIVE
    return is_proactive and InformationStep.PUBLISH in TRANSITIONS[status]


def may_revoke(status: InformationStatus) -> bool:
    """Whether a text can be taken off the portal, leaving a tombstone."""
    return InformationStep.REVOKE in TRANSITIONS[status]


def decide_review(
    status: InformationStatus, outcome: ReviewOutcome, *, ground: NonDisclosureGround | None = None
) -> InformationStatus:
    """The status after a review.

    Raises:
        InformationStepNotPossible: The text does not wait for a review.
        GroundIsMissing: Not opening needs a legal ground (政府信息公开条例 第十四至十六条).
    """
    if not may_review(status):
        raise InformationStepNotPossible(f"这条信息{status.label}，不在保密审查中。")
    if outcome is ReviewOutcome.NOT_OPEN and ground is None:
        raise GroundIsMissing
    return status_after_review(outcome)
