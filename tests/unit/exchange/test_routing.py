"""Which facts cross, to whom, and what of them: the item of the worked example and a bureau's."""

from datetime import date
from uuid import UUID

import pytest

from services.exchange.policy import routing
from services.exchange.policy.routing import Passage
from services.kernel.language.events import review
from services.kernel.language.events.directory import CalendarDaySet
from services.kernel.language.events.exchange import SubmissionDelivered
from services.kernel.language.events.parts import Content, Edition, Fact, Hop, Item, OfficerRef, SignOff
from services.kernel.language.vocabulary import (
    AdoptionMode,
    InfoType,
    Lane,
    LeaderRank,
    Level,
    PeriodicalKind,
    Share,
    SignMode,
    System,
)
from tests.unit.exchange.ledger_fixture import NOON

ID = UUID(int=7)
OFFICER = OfficerRef(officer_id=ID, name="王芳", unit_id=ID, unit_name="龙潭乡")
TO_DISTRICT = Hop(
    n=1, from_node="township", from_unit_id=ID, from_unit_name="龙潭乡", to_node="district", to_level=Level.COUNTY
)
TO_CITY = Hop(n=2, from_node="district", from_unit_id=ID, from_unit_name="云岭区", to_node="city", to_level=Level.CITY)
INSIDE = Hop(
    n=1, from_node="district", from_unit_id=ID, from_unit_name="区水利局", to_node="district", to_level=Level.COUNTY
)
EDITION = Edition(node="township", number=1, title="题", body="文", edited_by="王芳", edited_at=NOON)
CONTENT = Content(edition=EDITION, author_name="王芳", author_phone="1", non_secret_declared=True)
SIGNED = SignOff(signed_by="李", sign_mode=SignMode.ONLINE, recorded_by=OFFICER, signed_at=NOON)


def item(*hops: Hop, hop: int | None = None, info_type: InfoType = InfoType.PROBLEM) -> Item:
    return Item(
        origin_id=ID, info_type=info_type, title="题", origin_node="township", unit_id=ID, unit_name="龙潭乡",
        version=1, hop=len(hops) if hop is None else hop, hops=hops,
    )  # fmt: skip


def about(node: str, *hops: Hop, hop: int | None = None, info_type: InfoType = InfoType.PROBLEM) -> dict:
    return {"item": item(*hops, hop=hop, info_type=info_type), "at": NOON, "node": node}


def peers(fact: Fact, node: str, *passed: str, route: tuple[str, ...] = ()) -> list[str]:
    return routing.peers_for(fact, Passage(node, frozenset(passed), route))


def reported(*hops: Hop, info_type: InfoType = InfoType.PROBLEM) -> review.SubmissionReportedUp:
    return review.SubmissionReportedUp(
        **about(hops[-1].from_node, *hops, info_type=info_type), content=CONTENT, reviewer_name="张", sign_off=SIGNED
    )


def forwarded() -> review.SubmissionForwardedUp:
    return review.SubmissionForwardedUp(
        **about("district", TO_DISTRICT, TO_CITY), content=CONTENT, proposed_by=OFFICER, sign_off=SIGNED
    )


def instruction(share: Share) -> review.InstructionRecorded:
    return review.InstructionRecorded(
        **about("city", TO_DISTRICT, TO_CITY), instruction_id=ID, level=Level.CITY, leader_name="赵", leader_rank=LeaderRank.PRINCIPAL,
        given_on=date(2026, 11, 24), share=share, text="请速办。",
    )  # fmt: skip


def answered(to_node: str, *hops: Hop) -> review.SubmissionAnswered:
    return review.SubmissionAnswered(
        **about("township", *hops), question_id=ID, answer="是", to_node=to_node, by=OFFICER
    )


def facts_that_flow_back(node: str, *hops: Hop) -> list:
    said = about(node, *hops)
    reason = {"reason_code": "other", "reason": "x", "by": OFFICER}
    return [
        review.SubmissionReceived(**said, by=OFFICER),
        review.SubmissionAsked(**said, question_id=ID, question="?", by=OFFICER),
        review.SubmissionEdited(**said, edition=EDITION, changes=1, by=OFFICER),
        review.SubmissionReturned(**said, **reason),
        review.SubmissionDeclined(**said, **reason),
        review.SubmissionAdopted(
            **said, adoption_id=ID, level=Level.CITY, mode=AdoptionMode.SINGLE, periodical_id=ID, periodical_title="政务信息",
            periodical_kind=next(iter(PeriodicalKind)), periodical_system=System.GOVERNMENT, issue_id=ID, issue_no=16, issue_year=2026,
            adopted_on=date(2026, 11, 24),
        ),
    ]  # fmt: skip


def test_a_report_goes_one_node_up() -> None:
    assert peers(reported(TO_DISTRICT), "township", "township") == ["district"]
    assert peers(reported(TO_DISTRICT), "district", "township") == []


def test_a_bureaus_report_stays_with_its_own_editors() -> None:
    assert peers(reported(INSIDE), "district", "district") == []


def test_a_forward_goes_up_and_is_seen_by_the_author() -> None:
    assert peers(forwarded(), "district", "district") == ["city", "township"]
    assert peers(forwarded(), "city", "district") == []
    assert peers(forwarded(), "township", "district") == []


@pytest.mark.parametrize("fact", facts_that_flow_back("city", TO_DISTRICT, TO_CITY), ids=lambda fact: fact.TYPE)
def test_what_the_city_does_comes_back_hop_by_hop(fact: Fact) -> None:
    assert peers(fact, "city", "city") == ["district"]
    assert peers(fact, "district", "city") == ["township"]
    assert peers(fact, "township", "city", "district") == []


@pytest.mark.parametrize("fact", facts_that_flow_back("city", INSIDE, TO_CITY), ids=lambda fact: fact.TYPE)
def test_what_the_city_does_with_a_bureaus_item_ends_at_the_district(fact: Fact) -> None:
    assert peers(fact, "city", "city") == ["district"]
    assert peers(fact, "district", "city") == []


def test_a_return_inside_the_authors_unit_stays_inside() -> None:
    fact = review.SubmissionReturned(
        **about("township", TO_DISTRICT, hop=0), reason_code="other", reason="x", by=OFFICER
    )
    assert peers(fact, "district", "township") == []


def test_an_answer_goes_up_to_the_node_that_asked_and_no_further() -> None:
    assert peers(answered("district", TO_DISTRICT, TO_CITY), "township", "township") == ["district"]
    assert peers(answered("district", TO_DISTRICT, TO_CITY), "district", "township") == []
    assert peers(answered("city", TO_DISTRICT), "township", "township") == ["district"]
    assert peers(answered("city", TO_DISTRICT), "district", "township", route=("township", "district", "city")) == [
        "city"
    ]


def test_a_delivery_goes_back_along_the_known_route() -> None:
    fact = SubmissionDelivered(
        origin_id=ID, info_type=InfoType.PROBLEM, hop=2, version=1, from_node="district", to_node="city", at=NOON
    )
    assert peers(fact, "district", "district", route=("township", "district", "city")) == ["township"]
    assert peers(fact, "township", "district", route=("township", "district", "city")) == []
    assert peers(fact, "district", "district") == []


def test_an_instruction_crosses_as_far_as_it_is_shared() -> None:
    assert peers(instruction(Share.NONE), "city", "city") == []
    assert peers(instruction(Share.FACT), "city", "city") == ["district"]
    assert instruction(Share.FACT).as_others_see_it().text is None
    assert instruction(Share.TEXT).as_others_see_it().text == "请速办。"


def test_what_concerns_one_node_alone_stays_there() -> None:
    checked = review.SubmissionChecked(**about("district", TO_DISTRICT), by=OFFICER)
    day = CalendarDaySet(day=date(2026, 10, 1), is_working=False)
    assert peers(checked, "district", "district") == []
    assert peers(day, "district", "district") == []


def test_everything_about_an_emergency_is_urgent() -> None:
    assert routing.lane_of(reported(TO_DISTRICT, info_type=InfoType.EMERGENCY)) is Lane.URGENT
    assert routing.lane_of(reported(TO_DISTRICT)) is Lane.ROUTINE
