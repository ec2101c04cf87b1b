"""Numbers, hops, the queue's order, texts and checklists."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.language.events.parts import Attachment, Content, Edition, type_fields
from services.kernel.language.refusal import InvalidInput
from services.kernel.language.sensitive import find_sensitive
from services.kernel.language.vocabulary import InfoType, Level
from services.kernel.language.vocabulary.item_fields import FIELD
from services.kernel.runtime.documents.passages import FileFindings
from services.review.policy import (
    CheckState,
    DueGroup,
    arrival_checks,
    first_hop,
    handle_by,
    issue_label,
    issue_year,
    next_hop,
    next_number,
    priority_of,
)
from services.review.policy.checks import files_check
from services.review.policy.hops import up_to
from services.review.policy.issues import Entry, issue_checks, sign_blocker
from services.review.policy.rulebooks import PERIODICALS, REVIEW_RULES
from services.review.policy.texts import edition_texts, sentence

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOURS = REVIEW_RULES.read(REVIEW_RULES.default.read_text("utf-8")).handle_within_hours
UNIT = UUID(int=1)


def test_numbers_start_at_one_and_follow_the_highest_given() -> None:
    assert [next_number(None), next_number(1), next_number(49)] == [1, 2, 50]


def test_the_year_of_an_issue_turns_at_midnight_in_china() -> None:
    assert issue_year(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)) == 2026
    assert issue_year(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == 2027


def test_an_issue_is_called_by_its_number_once_it_has_one() -> None:
    assert issue_label(16) == "第16期"
    assert issue_label(2, is_supplement=True) == "增刊第2期"
    assert "未定" in issue_label(None)


def test_signing_makes_the_first_hop_and_forwarding_the_next() -> None:
    first = first_hop(node="township", unit_id=UNIT, unit_name="龙潭乡", to_node="district", to_level=Level.COUNTY)
    second = next_hop(
        first, node="district", office_id=UNIT, office_name="云岭区政府办", to_node="city", to_level=Level.CITY
    )
    assert [(hop.n, hop.from_node, hop.to_node) for hop in second] == [
        (1, "township", "district"),
        (2, "district", "city"),
    ]


def test_forwarding_again_keeps_the_number_of_the_hop() -> None:
    first = first_hop(node="t", unit_id=UNIT, unit_name="甲", to_node="d", to_level=Level.COUNTY)
    once = next_hop(first, node="d", office_id=UNIT, office_name="乙", to_node="c", to_level=Level.CITY)
    assert next_hop(once, node="d", office_id=UNIT, office_name="乙", to_node="c", to_level=Level.CITY) == once
    assert up_to(once, "d") == first
    assert up_to(once, "elsewhere") == ()


def test_a_deadline_goes_before_the_habit_of_the_type() -> None:
    due = AT + timedelta(minutes=20)
    assert handle_by(InfoType.EMERGENCY, AT, due, HOURS) == due
    assert handle_by(InfoType.RESEARCH, AT, None, HOURS) == AT + timedelta(hours=72)
    assert handle_by(InfoType.PICTURE, AT, None, HOURS) == AT + timedelta(hours=HOURS["default"])


@pytest.mark.parametrize(
    ("left", "group"),
    [
        (timedelta(0), DueGroup.OVERDUE),
        (timedelta(minutes=119), DueGroup.SOON),
        (timedelta(hours=13), DueGroup.TODAY),
        (timedelta(hours=15), DueGroup.TOMORROW),
        (timedelta(days=3), DueGroup.LATER),
    ],
)
def test_rows_stand_under_the_heading_of_their_target_time(left: timedelta, group: DueGroup) -> None:
    found = priority_of(InfoType.PROBLEM, by=AT + left, due_at=None, arrived_at=AT, now=AT)
    assert found.group is group


def test_the_place_in_the_queue_is_explained() -> None:
    found = priority_of(
        InfoType.PROBLEM, by=AT + timedelta(hours=24), due_at=None, arrived_at=AT, now=AT + timedelta(minutes=42)
    )
    assert found.reason == "问题类应在到稿后 1天内处理；已等 42分"


def hours_for(info_type: InfoType) -> float:
    return HOURS.get(info_type.value, HOURS["default"])


NOT_LATER = [(one, other) for one in InfoType for other in InfoType if hours_for(one) <= hours_for(other)]


@given(st.sampled_from(NOT_LATER), st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)))
def test_of_two_items_alike_the_earlier_goes_first(types: tuple[InfoType, InfoType], later: timedelta) -> None:
    one, other = types
    assert handle_by(one, AT, None, HOURS) <= handle_by(other, AT + later, None, HOURS)
    assert handle_by(one, AT, None, HOURS) < handle_by(one, AT + later + timedelta(seconds=1), None, HOURS)


def test_an_edition_has_a_title_and_a_text_of_bounded_length() -> None:
    assert edition_texts(" 题\n目 ", "一段\r\n二段\x07") == ("题 目", "一段\n二段")
    with pytest.raises(InvalidInput) as refused:
        edition_texts("", "长" * 100_001)
    assert [error["field"] for error in refused.value.details["errors"]] == ["title", "body"]
    with pytest.raises(InvalidInput):
        sentence("reason", "理由", " \n ")


def content(**more: object) -> Content:
    edition = Edition(node="t", number=1, title="题", body="文", edited_by="李四", edited_at=AT)
    values: dict[str, object] = {
        "edition": edition, "author_name": "李四", "author_phone": "123", "non_secret_declared": True,
    }  # fmt: skip
    return Content(**(values | more))


def test_an_arriving_item_is_checked_for_carriage_files_elements_and_declaration() -> None:
    file = Attachment(attachment_id=UNIT, sha256="a" * 64, filename="图.png", media_type="image/png", size=3)
    found = arrival_checks(
        content(attachments=(file,), non_secret_declared=False),
        InfoType.PROBLEM,
        via=["township"],
        is_carried=True,
        present=(),
    )
    assert [check.state for check in found] == [
        CheckState.OK, CheckState.WAIT, CheckState.BAD, CheckState.BAD, CheckState.OK,
    ]  # fmt: skip
    assert "图.png" in found[1].note
    assert "应由哪一级解决" in found[2].note


def test_a_complete_problem_item_passes() -> None:
    said = {"own_efforts": "甲", "help_wanted": "乙", "responsible_level": Level.COUNTY, "source": "丙"}
    problem = type_fields(InfoType.PROBLEM, said)
    found = arrival_checks(content(**problem), InfoType.PROBLEM, via=[], is_carried=False, present=())
    assert {check.state for check in found} == {CheckState.OK}


def test_personal_data_in_text_and_files_is_shown_to_who_checks() -> None:
    edition = content().edition.model_copy(update={"body": "伤者身份证号11010519491231002X，送医。"})
    clean, in_text = (
        arrival_checks(content(**more), InfoType.DYNAMIC, via=[], is_carried=False, present=())[-1]
        for more in ({}, {"edition": edition})
    )
    assert (clean.state, clean.note) == (CheckState.OK, "查了标题、正文和各项内容")
    assert in_text.state is CheckState.WAIT
    assert "居民身份证号码 110***********002X" in in_text.note
    [card] = find_sensitive("卡号6222021001116245702")
    files = [FileFindings(found=(("名单.xlsx 第2行", card),)), FileFindings(unread=("图片没有检查。",))]
    in_files, unread, nothing = files_check(files), files_check(files[1:]), files_check([FileFindings()])
    assert "附件名单.xlsx 第2行 银行卡号" in in_files.note
    assert (unread.state, unread.note) == (CheckState.WAIT, "图片没有检查。")
    assert nothing.state is CheckState.OK


def test_an_edition_has_the_limits_of_the_catalogue() -> None:
    assert edition_texts("题" * FIELD["title"].limit, "文")[0]
    with pytest.raises(InvalidInput) as refused:
        edition_texts("题" * (FIELD["title"].limit + 1), "长" * (FIELD["body"].limit + 1))
    assert [error["field"] for error in refused.value.details["errors"]] == ["title", "body"]


def test_an_empty_issue_or_one_with_unsigned_items_is_not_signed() -> None:
    assert str(sign_blocker(issue_checks([]))) == "这一期还没有稿件"
    good = Entry("甲", is_signed=True, is_here=True)
    assert sign_blocker(issue_checks([good])) is None
    blocker = sign_blocker(issue_checks([good, Entry("乙", is_signed=False, is_here=False)]))
    assert str(blocker) == "有稿件没有报送单位签发；有稿件已退回修改"
    assert blocker is not None
    assert [one["message"] for one in blocker.details["errors"]] == str(blocker).split("；")
    asking = issue_checks([Entry("丙", is_signed=True, is_here=True, open_questions=1)])
    assert [check.state for check in asking] == [CheckState.OK, CheckState.OK, CheckState.WAIT]


def test_what_cannot_be_printed_is_named_before_the_signature_and_does_not_bar_it() -> None:
    named = issue_checks([Entry("甲", is_signed=True, is_here=True)], ["第1篇标题：〿（U+303F）"])[-1]
    assert (named.state, named.note) == (CheckState.WAIT, "第1篇标题：〿（U+303F）")


def test_every_level_up_to_the_province_starts_with_a_periodical() -> None:
    levels = (Level.TOWNSHIP, Level.COUNTY, Level.CITY, Level.PROVINCE)
    assert all(PERIODICALS.read(PERIODICALS.default.read_text("utf-8")).of(level) for level in levels)
    assert [seed.title for seed in PERIODICALS.read(PERIODICALS.default.read_text("utf-8")).of(Level.COUNTY)] == [
        "政务信息",
        "每日要情",
    ]
