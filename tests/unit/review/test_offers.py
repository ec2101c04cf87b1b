"""What stands on the action bar, and what is said to stand in the way."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import InfoType, ReviewStatus, Role, UnitKind
from services.review.policy import ForwardState, Standing, Verb, available_actions
from services.review.policy.refusals import NoPeriodical
from tests.unit.review.test_permission import OFFICE, OWN, Somebody

EDITOR = Somebody(OFFICE, UnitKind.HEAD_OFFICE, frozenset({Role.EDITOR}))
CHIEF = Somebody(OFFICE, UnitKind.HEAD_OFFICE, frozenset({Role.CHIEF}), officer_id=UUID(int=8))
REVIEWER = Somebody(OWN, UnitKind.BUREAU, frozenset({Role.REVIEWER}))
OPEN = Standing(status=ReviewStatus.OPEN, unit_id=OWN, info_type=InfoType.PROBLEM, is_here=True, has_superior=True)


def test_an_open_item_offers_every_decision_to_an_editor() -> None:
    offered = set(available_actions(EDITOR, OPEN))
    assert offered == {
        Verb.RECEIVE, Verb.EDIT, Verb.ASK, Verb.RETURN, Verb.DECLINE, Verb.KEEP, Verb.ADOPT,
        Verb.PROPOSE_FORWARD, Verb.RECORD_INSTRUCTION,
    }  # fmt: skip


def test_a_received_item_is_not_offered_to_be_received_again() -> None:
    assert Verb.RECEIVE not in available_actions(EDITOR, replace(OPEN, is_received=True))


@pytest.mark.parametrize(
    ("change", "verb", "refusal"),
    [
        ({"has_periodical": False}, Verb.ADOPT, NoPeriodical),
    ],
)
def test_the_refusal_that_would_be_met_is_said_before_the_button_is_pressed(
    change: dict[str, Any], verb: Verb, refusal: type[Refusal]
) -> None:
    offer = available_actions(EDITOR, replace(OPEN, **change))[verb]
    assert not offer.is_open
    assert isinstance(offer.blocker, refusal)
    assert offer.reasons == [refusal.message]


def test_an_office_without_a_superior_is_not_told_that_something_is_missing() -> None:
    assert Verb.PROPOSE_FORWARD not in available_actions(EDITOR, replace(OPEN, has_superior=False))


@pytest.mark.parametrize("forward", [ForwardState.PROPOSED, ForwardState.FORWARDED])
def test_what_is_forwarded_is_not_proposed_again(forward: ForwardState) -> None:
    assert Verb.PROPOSE_FORWARD not in available_actions(EDITOR, replace(OPEN, forward=forward))


def test_what_the_superior_sent_back_may_be_proposed_again() -> None:
    assert Verb.PROPOSE_FORWARD in available_actions(EDITOR, replace(OPEN, forward=ForwardState.RETURNED))


def test_the_chief_does_not_sign_his_own_proposal() -> None:
    proposed = replace(OPEN, forward=ForwardState.PROPOSED)
    assert available_actions(CHIEF, replace(proposed, proposed_by=UUID(int=7)))[Verb.SIGN_FORWARD].is_open
    assert not available_actions(CHIEF, replace(proposed, proposed_by=CHIEF.officer_id))[Verb.SIGN_FORWARD].is_open


def test_four_eyes_can_be_waived_by_rule_only() -> None:
    own = replace(OPEN, status=ReviewStatus.TO_CHECK, is_here=False, submitted_by=REVIEWER.officer_id)
    assert not available_actions(REVIEWER, own)[Verb.CHECK].is_open
    assert available_actions(REVIEWER, own, needs_second_reader=False)[Verb.CHECK].is_open
