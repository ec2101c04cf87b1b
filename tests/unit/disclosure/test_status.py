"""From draft to portal: nothing goes out unseen by a second person, and nothing internal ever."""

from types import SimpleNamespace
from typing import TypeAlias
from uuid import UUID

import pytest

from services.disclosure.policy import (
    GroundIsMissing,
    InformationStep,
    InformationStepNotPossible,
    Metadata,
    NotReviewedYet,
    ReviewerIsPreparer,
    attribute_after_review,
    decide_review,
    may_disclose,
    may_edit,
    may_publish,
    may_review,
    may_revoke,
    may_send_to_review,
    next_information_status,
    obstacles_to_publishing,
)
from services.disclosure.policy.permission import Act, PublisherIsReviewer, blocker_of
from services.kernel.language.events.parts import OfficerRef
from services.kernel.language.refusal import Refusal
from services.kernel.language.vocabulary import (
    DisclosureAttribute,
    InformationStatus,
    InfoType,
    NonDisclosureGround,
    ReviewOutcome,
)

S: TypeAlias = InformationStatus
Step: TypeAlias = InformationStep
PROACTIVE = DisclosureAttribute.PROACTIVE

ALLOWED = {
    (S.DRAFT, Step.EDIT): S.DRAFT,
    (S.DRAFT, Step.SEND_TO_REVIEW): S.IN_REVIEW,
    (S.IN_REVIEW, Step.EDIT): S.IN_REVIEW,
    (S.APPROVED, Step.EDIT): S.IN_REVIEW,
    (S.APPROVED, Step.PUBLISH): S.PUBLISHED,
    (S.PUBLISHED, Step.CORRECT): S.CORRECTED,
    (S.PUBLISHED, Step.REVOKE): S.REVOKED,
    (S.CORRECTED, Step.CORRECT): S.CORRECTED,
    (S.CORRECTED, Step.REVOKE): S.REVOKED,
}


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("step", Step)
def test_every_step_from_every_status_is_allowed_or_refused(status: S, step: Step) -> None:
    if (status, step) in ALLOWED:
        assert next_information_status(status, step) is ALLOWED[status, step]
    else:
        with pytest.raises((InformationStepNotPossible, NotReviewedYet)):
            next_information_status(status, step)


@pytest.mark.parametrize("status", [S.DRAFT, S.IN_REVIEW])
def test_nothing_is_published_before_its_review(status: S) -> None:
    with pytest.raises(NotReviewedYet):
        next_information_status(status, Step.PUBLISH)
    assert not may_publish(status, PROACTIVE)


def test_the_may_functions_say_what_the_table_says() -> None:
    assert {status for status in S if may_edit(status)} == {"draft", "in_review", "approved"}
    assert {status for status in S if may_send_to_review(status, PROACTIVE)} == {"draft"}
    assert {status for status in S if may_publish(status, PROACTIVE)} == {"approved"}
    assert {status for status in S if may_revoke(status)} == {"published", "corrected"}


@pytest.mark.parametrize("attribute", [DisclosureAttribute.ON_REQUEST, DisclosureAttribute.NOT_OPEN])
def test_only_what_is_meant_for_everybody_goes_out(attribute: DisclosureAttribute) -> None:
    assert not any(may_publish(status, attribute) for status in S)
    assert not any(may_send_to_review(status, attribute) for status in S)


def test_problem_items_and_their_like_are_not_disclosable() -> None:
    assert not may_disclose(InfoType.PROBLEM)
    assert may_disclose(InfoType.DYNAMIC)


ZHANG, LI, WANG = (
    OfficerRef(officer_id=UUID(int=n), name=name, unit_id=UUID(int=9), unit_name="区水利局")
    for n, name in enumerate(("张三", "李四", "王五"))
)


def blocked(officer: OfficerRef, act: Act) -> type[Refusal] | None:
    """What meets the officer with a text that 张三 prepared, 李四 changed and 王五 reviewed."""
    text = SimpleNamespace(writers=[str(LI.officer_id)], prepared_by=ZHANG, reviewed_by=WANG)
    blocker = blocker_of(SimpleNamespace(officer_id=officer.officer_id), act, text)
    return type(blocker) if blocker else None


def test_who_wrote_on_a_text_does_not_review_it_and_who_reviewed_it_does_not_publish_it() -> None:
    assert [blocked(one, Act.REVIEW) for one in (ZHANG, LI, WANG)] == [ReviewerIsPreparer, ReviewerIsPreparer, None]
    assert [blocked(one, Act.PUBLISH) for one in (ZHANG, LI, WANG)] == [None, None, PublisherIsReviewer]
    assert {status for status in S if may_review(status)} == {"in_review"}


@pytest.mark.parametrize(
    ("outcome", "status", "attribute"),
    [
        (ReviewOutcome.OPEN, S.APPROVED, "proactive"),
        (ReviewOutcome.OPEN_AFTER_REDACTION, S.APPROVED, "proactive"),
        (ReviewOutcome.ON_REQUEST, S.DRAFT, "on_request"),
        (ReviewOutcome.NOT_OPEN, S.DRAFT, "not_open"),
        (ReviewOutcome.REFER, S.IN_REVIEW, "proactive"),
    ],
)
def test_each_outcome_leads_somewhere(outcome: ReviewOutcome, status: S, attribute: str) -> None:
    assert decide_review(S.IN_REVIEW, outcome, ground=NonDisclosureGround.PROCESS_INFO) is status
    assert attribute_after_review(outcome, PROACTIVE) == attribute


def test_not_opening_needs_a_legal_ground() -> None:
    with pytest.raises(GroundIsMissing):
        decide_review(S.IN_REVIEW, ReviewOutcome.NOT_OPEN)


@pytest.mark.parametrize("status", [status for status in S if status is not S.IN_REVIEW])
def test_only_a_text_in_review_can_be_decided(status: S) -> None:
    with pytest.raises(InformationStepNotPossible):
        decide_review(status, ReviewOutcome.OPEN)


READY = Metadata("关于冬修水利的公告", "云岭区水利局", "通知公告", None, PROACTIVE)


def obstacles(status: S, outcome: ReviewOutcome | None, body: str, metadata: Metadata) -> set[str]:
    found = obstacles_to_publishing(status, metadata, outcome=outcome, body=body, summary_limit=300)
    return {error.code for error in found}


def test_what_stands_in_the_way_of_publishing_is_listed() -> None:
    from dataclasses import replace
    from datetime import date

    ready = replace(READY, formed_on=date(2026, 11, 24))
    assert obstacles(S.APPROVED, ReviewOutcome.OPEN, "联系人张三", ready) == set()
    assert obstacles(S.APPROVED, ReviewOutcome.OPEN, " ", READY) == {"required"}
    assert obstacles(S.IN_REVIEW, None, "联系人张三", ready) == {"not_reviewed_yet"}
    assert obstacles(S.PUBLISHED, ReviewOutcome.OPEN, "联系人张三", ready) == {"step_not_possible"}
    redact = ReviewOutcome.OPEN_AFTER_REDACTION
    assert obstacles(S.APPROVED, redact, "联系人张三", ready) == {"redaction_missing"}
    assert obstacles(S.APPROVED, redact, "联系人██", ready) == {"redaction_missing"}
    closed = replace(ready, attribute=DisclosureAttribute.NOT_OPEN)
    assert obstacles(S.APPROVED, ReviewOutcome.OPEN, "联系人张三", closed) == {"not_proactive"}
