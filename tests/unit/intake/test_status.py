"""Where an item stands, whoever acts and in whatever order facts come in."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy import (
    Step,
    StepNotPossible,
    may_edit,
    next_status,
    next_version,
    status_after_fact,
)
from services.kernel.language.vocabulary import IntakeStatus as S

ALLOWED = {
    (S.DRAFT, Step.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, Step.REPORT): S.REPORTED,
    (S.SUBMITTED, Step.RETURN): S.RETURNED,
    (S.REPORTED, Step.RETURN): S.RETURNED,
    (S.REPORTED, Step.DECLINE): S.DECLINED,
    (S.REPORTED, Step.ADOPT): S.ADOPTED,
    (S.RETURNED, Step.AMEND): S.DRAFT,
    (S.RETURNED, Step.SUBMIT): S.SUBMITTED,
    (S.DECLINED, Step.ADOPT): S.ADOPTED,
}


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("step", Step)
def test_every_step_from_every_status_is_allowed_or_refused_with_a_reason(status: S, step: Step) -> None:
    if (status, step) in ALLOWED:
        assert next_status(status, step) is ALLOWED[status, step]
    else:
        with pytest.raises(StepNotPossible, match=status.label):
            next_status(status, step)


def test_a_returned_item_goes_on_as_the_next_version_of_the_same_item() -> None:
    assert next_version(S.RETURNED, 1, Step.AMEND) == 2
    assert next_version(S.DRAFT, 2, Step.SUBMIT) == 2
    assert next_version(S.RETURNED, 1, Step.SUBMIT) == 2
    assert next_version(S.DRAFT, 1, Step.SUBMIT) == 1


def test_only_drafts_and_returned_items_can_be_changed() -> None:
    assert {status for status in S if may_edit(status)} == {"draft", "returned"}


STORY = [
    (Step.REPORT, 1),
    (Step.RETURN, 1),
    (Step.SUBMIT, 2),
    (Step.REPORT, 2),
    (Step.DECLINE, 2),
    (Step.ADOPT, 2),
]


def after(facts: list[tuple[Step, int]]) -> tuple[S, int]:
    status, version = S.SUBMITTED, 1
    for step, step_version in facts:
        status, version = status_after_fact(status, version, step=step, step_version=step_version)
    return status, version


def test_facts_come_to_the_same_in_any_order() -> None:
    assert {after(list(order)) for order in permutations(STORY)} == {(S.ADOPTED, 2)}


facts = st.tuples(
    st.sampled_from([step for step in Step if step is not Step.AMEND]),
    st.integers(1, 3),
)


@given(st.lists(facts, max_size=8), st.data())
def test_facts_commute_and_repeat_without_harm(told: list[tuple[Step, int]], data: st.DataObject) -> None:
    again = data.draw(st.permutations(told + told[:3]))
    assert after(again) == after(told)


def test_a_late_fact_about_an_older_version_is_history_only() -> None:
    assert status_after_fact(S.DRAFT, 2, step=Step.RETURN, step_version=1) == (S.DRAFT, 2)
    assert status_after_fact(S.SUBMITTED, 2, step=Step.ADOPT, step_version=1) == (S.SUBMITTED, 2)
