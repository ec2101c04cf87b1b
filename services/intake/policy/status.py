"""Where an item stands for its author: what may happen next, and what facts make of it.

                ┌────────── amend, version + 1 ──────────┐
draft ─submit─▶ submitted ─report─▶ reported ─return─▶ returned
                    └─────return──────┬─┴─────────────────┘
                                      ├─decline─▶ declined ─adopt─┐
                                      └─adopt──────────────────▶ adopted
"""

from enum import StrEnum

from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import IntakeStatus


class Step(StrEnum):
    """What happens to an item as far as its status is concerned."""

    SUBMIT = "submit"
    REPORT = "report"
    RETURN = "return"
    AMEND = "amend"
    DECLINE = "decline"
    ADOPT = "adopt"


class StepNotPossible(Refusal):
    """这件信息现在不能这样办理。"""

    status = 409
    code = "step_not_possible"
    message = "这件信息现在不能这样办理。"


TRANSITIONS: dict[IntakeStatus, dict[Step, IntakeStatus]] = {
    IntakeStatus.DRAFT: {Step.SUBMIT: IntakeStatus.SUBMITTED},
    IntakeStatus.SUBMITTED: {
        Step.REPORT: IntakeStatus.REPORTED,
        Step.RETURN: IntakeStatus.RETURNED,
    },
    IntakeStatus.REPORTED: {
        Step.RETURN: IntakeStatus.RETURNED,
        Step.DECLINE: IntakeStatus.DECLINED,
        Step.ADOPT: IntakeStatus.ADOPTED,
    },
    IntakeStatus.RETURNED: {
        Step.AMEND: IntakeStatus.DRAFT,
        Step.SUBMIT: IntakeStatus.SUBMITTED,
    },
    IntakeStatus.DECLINED: {Step.ADOPT: IntakeStatus.ADOPTED},
    IntakeStatus.ADOPTED: {},
}

_EDITABLE = frozenset({IntakeStatus.DRAFT, IntakeStatus.RETURNED})

# A fact of the same version that says more wins, whatever came first.
_SAYS = {
    Step.SUBMIT: IntakeStatus.SUBMITTED,
    Step.REPORT: IntakeStatus.REPORTED,
    Step.DECLINE: IntakeStatus.DECLINED,
    Step.RETURN: IntakeStatus.RETURNED,
    Step.ADOPT: IntakeStatus.ADOPTED,
}
_WEIGHT = {
    status: weight
    for weight, status in enumerate(
        [
            IntakeStatus.DRAFT,
            IntakeStatus.SUBMITTED,
            IntakeStatus.REPORTED,
            IntakeStatus.DECLINED,
            IntakeStatus.RETURNED,
            IntakeStatus.ADOPTED,
        ]
    )
}


def next_status(status: IntakeStatus, step: Step) -> IntakeStatus:
    """The status after a step that someone takes.

    Raises:
        StepNotPossible: The step does not exist from here.
    """
    try:
        return TRANSITIONS[status][step]
    except KeyError:
        raise StepNotPossible(f"这件信息{status.label}，现在不能这样办理。") from None


def next_version(status: IntakeStatus, version: int, step: Step) -> int:
    """The version after a step: taking up a returned item begins the next one."""
    is_taken_up = status is IntakeStatus.RETURNED and step in {Step.AMEND, Step.SUBMIT}
    return version + is_taken_up


def status_after_fact(status: IntakeStatus, version: int, *, step: Step, step_version: int) -> tuple[IntakeStatus, int]:
    """Status and version after a fact from elsewhere; facts may come in any order.

    An older version adds history and changes nothing; a newer one replaces; of one version the
    weightier word stands, so 已采用 is not undone by a late 已上报.

    Args:
        step: SUBMIT, REPORT, RETURN, DECLINE or ADOPT.
    """
    said = _SAYS[step]
    if step_version != version:
        return (said, step_version) if step_version > version else (status, version)
    return max(status, said, key=_WEIGHT.__getitem__), version


def may_edit(status: IntakeStatus) -> bool:
    """Whether the author may change text, fields and attachments."""
    return status in _EDITABLE
