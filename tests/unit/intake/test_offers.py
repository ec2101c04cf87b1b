"""A button that is not offered and the action that refuses go by one rule, and say one sentence."""

import pytest

from services.intake.policy.offers import discarding_blocker, editing_blocker
from services.intake.policy.refusals import SubmissionNotDiscardable, SubmissionNotEditable
from services.kernel.language.vocabulary import IntakeStatus

IN_HAND = {IntakeStatus.DRAFT, IntakeStatus.RETURNED}


@pytest.mark.parametrize("status", IntakeStatus)
def test_only_what_the_author_has_in_hand_is_changed(status: IntakeStatus) -> None:
    blocker = editing_blocker(status)
    assert (blocker is None) == (status in IN_HAND)
    assert blocker is None or isinstance(blocker, SubmissionNotEditable)


@pytest.mark.parametrize("status", IntakeStatus)
@pytest.mark.parametrize("version", [1, 2])
def test_only_a_first_draft_is_thrown_away(status: IntakeStatus, version: int) -> None:
    blocker = discarding_blocker(status, version)
    assert (blocker is None) == (status is IntakeStatus.DRAFT and version == 1)
    assert blocker is None or isinstance(blocker, SubmissionNotDiscardable)
